import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('groups')
export class GroupEntity {
  @PrimaryColumn('int', { name: 'tenant_id' })
  tenantId!: number;

  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('text', { name: 'external_id', nullable: true })
  externalId!: string | null;

  @Column('text')
  type!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  code!: string | null;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('access_grants')
export class GrantEntity {
  @PrimaryColumn('int', { name: 'tenant_id' })
  tenantId!: number;

  @PrimaryColumn('int', { name: 'person_id' })
  personId!: number;

  @PrimaryColumn('int', { name: 'group_id' })
  groupId!: number;

  @Column('timestamptz', { name: 'granted_at' })
  grantedAt!: Date;
}

import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('test_series')
export class TestSeriesEntity {
  @PrimaryColumn('int', { name: 'tenant_id' })
  tenantId!: number;

  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('text')
  name!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

@Entity('class_test_series')
export class ClassTestSeriesEntity {
  @PrimaryColumn('int', { name: 'tenant_id' })
  tenantId!: number;

  @PrimaryColumn('int', { name: 'class_id' })
  classId!: number;

  @PrimaryColumn('int', { name: 'test_series_id' })
  testSeriesId!: number;

  @Column('timestamptz', { name: 'assigned_at' })
  assignedAt!: Date;
}

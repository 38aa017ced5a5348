import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('tenant_settings')
export class SettingsEntity {
  @PrimaryColumn('int', { name: 'tenant_id' })
  tenantId!: number;

  @Column('int', { name: 'applicable_hierarchy_id' })
  applicableHierarchyId!: number;

  @Column('text', { name: 'time_zone' })
  timeZone!: string;

  @Column('int')
  version!: number;
}

import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('hierarchies')
export class HierarchyEntity {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('text')
  key!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('int', { name: 'levels_version' })
  levelsVersion!: number;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}

@Entity('hierarchy_levels')
export class HierarchyLevelEntity {
  @PrimaryColumn('int', { name: 'hierarchy_id' })
  hierarchyId!: number;

  @PrimaryColumn('int')
  sequence!: number;

  @Column('text')
  name!: string;

  @Column('text')
  type!: string;

  @Column('boolean')
  stored!: boolean;
}

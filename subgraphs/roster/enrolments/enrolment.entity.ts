import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('enrolments')
export class EnrolmentEntity {
  @PrimaryColumn('int', { name: 'tenant_id' })
  tenantId!: number;

  @PrimaryColumn('int', { name: 'class_id' })
  classId!: number;

  @PrimaryColumn('int', { name: 'person_id' })
  personId!: number;

  @PrimaryColumn('text')
  type!: 'TEACHER' | 'STUDENT';

  @Column('text')
  status!: 'ACTIVE' | 'INACTIVE' | 'WITHDRAWN';

  @Column('timestamptz', { name: 'enrolled_at' })
  enrolledAt!: Date;

  /** Null of an active enrolment. */
  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}

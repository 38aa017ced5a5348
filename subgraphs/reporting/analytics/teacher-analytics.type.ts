import { Field, Float, ID, ObjectType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { Provenance } from '../../shared/graphql/provenance.type';
import { DateScalar, SafeInt } from '../../shared/graphql/scalars';
import { HierarchyNode } from '../reports/node-figures.resolver';
import { CohortFigures } from './figures.type';

@ObjectType({ description: 'How a class of a teacher\'s does.' })
export class CoursePerformance {
  @Field(() => ID)
  classId!: string;

  @Field(() => HierarchyNode, { nullable: true, description: 'The class, in the hierarchy that the caller selected, else in the tenant\'s own.' })
  node!: HierarchyNode;

  @Field(() => SafeInt, { description: 'Students who are in the class on the last day.' })
  students!: number;

  @Field(() => SafeInt, { description: 'Those of them with an active day in this class.' })
  activeStudents!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Percent, 0 to 100: score sum / attempts in this class, of all who were active there. Null when nothing was scored.',
  })
  averageScore!: number | null;

  @Field(() => SafeInt, { description: 'Scored attempts in this class.' })
  attempts!: number;

  @Field(() => SafeInt, { description: 'Seconds spent in this class.' })
  totalSeconds!: number;

  @Field(() => SafeInt, { description: 'Pairs of a student of the class and a competency it expects that are COMPLETED on the last day.' })
  completed!: number;

  @Field(() => SafeInt, { description: 'Pairs of a student of the class and a competency it expects, on the last day.' })
  expected!: number;

  @Field(() => Float, { nullable: true, description: 'Completed / expected, 0 to 1; null where nothing is expected.' })
  completion!: number | null;
}

@ObjectType()
export class CoursePerformanceConnection extends connectionOf<CoursePerformance>(() => CoursePerformance) {}

@ObjectType({
  description:
    'The figures of the active classes in which somebody is an active teacher today, and of their students. Students\' ' +
    'figures are those of these classes alone.',
})
export class TeacherAnalytics extends CohortFigures {
  @Field(() => ID)
  teacherId!: string;

  @Field(() => SafeInt, { description: 'Active classes in which the teacher is an active one.' })
  classCount!: number;

  @Field(() => SafeInt, { description: 'Distinct students who are in one of the classes on the last day.' })
  students!: number;

  @Field(() => SafeInt, { description: 'Those of them with an active day.' })
  activeStudents!: number;

  @Field(() => SafeInt, { description: 'Students with a reason to be at risk.' })
  atRiskCount!: number;

  @Field(() => DateScalar, { nullable: true, description: 'The last active day of a student in one of the classes; null without any.' })
  lastActivity!: string | null;

  @Field(() => Provenance, { description: 'Made when it is asked for, so always fresh.' })
  provenance!: Provenance;
}

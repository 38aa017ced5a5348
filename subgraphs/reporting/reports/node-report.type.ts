import { Directive, Field, Float, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { SafeInt } from '../../shared/graphql/scalars';
import { Performance, TimeSpent } from './figures.type';
import { HierarchyNode } from './node-figures.resolver';

export enum ReportMeasure {
  NAME = 'NAME',
  AVERAGE_SCORE = 'AVERAGE_SCORE',
  ATTEMPTS = 'ATTEMPTS',
  TIME_SPENT = 'TIME_SPENT',
  LEARNERS = 'LEARNERS',
}

export enum Direction {
  ASC = 'ASC',
  DESC = 'DESC',
}

registerEnumType(ReportMeasure, {
  name: 'ReportMeasure',
  description: 'What children are ordered by. LEARNERS: with a scored attempt. Nodes without an average come last either way.',
});
registerEnumType(Direction, { name: 'Direction', description: 'ASC: the smallest, or A, first. DESC: the greatest, or Z, first.' });

@InputType({ description: 'Ties are ordered by id.' })
export class ReportOrder {
  @Field(() => ReportMeasure)
  by!: ReportMeasure;

  @Field(() => Direction, { defaultValue: Direction.DESC })
  direction!: Direction;
}

@ObjectType({ description: "A node with its figures of the report's period and filter." })
export class ReportRow {
  @Directive('@provides(fields: "externalId name type classCount")')
  @Field(() => HierarchyNode, { nullable: true })
  node!: HierarchyNode | null;

  @Field(() => Performance, { nullable: true })
  performance?: Performance | null;

  @Field(() => TimeSpent, { nullable: true })
  timeSpent?: TimeSpent | null;
}

@ObjectType()
export class ReportRowConnection extends connectionOf<ReportRow>(() => ReportRow, {
  total: 'All children, not only those of this page.',
}) {}

@ObjectType({
  description: 'node − all children (not the page) − other, for every additive measure; all zero, always. At a class: zero.',
})
export class Reconciliation {
  @Field(() => SafeInt, { description: 'Scored attempts.' })
  attempts!: number;

  @Field(() => Float, { description: 'Percent.' })
  scoreSum!: number;

  @Field(() => SafeInt, { description: 'Seconds.' })
  totalSeconds!: number;
}

@ObjectType({ description: 'A node, its children and the bucket of uncategorised classes, all of the same moment.' })
export class NodeReport {
  @Field(() => ReportRow)
  node!: ReportRow;

  @Field(() => ReportRowConnection, { description: 'In the order of orderBy; without one by level, name and id.' })
  children!: ReportRowConnection;

  @Field(() => ReportRow, {
    nullable: true,
    description:
      "At the tenant's and at a scope's row: the bucket of uncategorised classes (of those the caller may see), so that " +
      'totals agree in every hierarchy. Null below.',
  })
  other!: ReportRow | null;

  @Field(() => Reconciliation)
  reconciliation!: Reconciliation;
}

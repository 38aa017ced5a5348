import { Field, ObjectType } from 'type-graphql';
import { SafeInt } from '../../shared/graphql/scalars';

@ObjectType()
export class RelationshipProblem {
  @Field(() => String, {
    description:
      'ENROLMENT_WITHOUT_CLASS, ENROLMENT_WITHOUT_USER, ENROLMENT_TWICE, ENROLMENT_WITHOUT_DATE, ' +
      'CLASS_WITHOUT_SCHOOL, TEST_SERIES_WITHOUT_CLASS, TEST_SERIES_MISSING, TEST_SERIES_TWICE, LOG_WITHOUT_CLASS, LOG_WITHOUT_USER or ' +
      'LOG_WITHOUT_PERFORMER.',
  })
  kind!: string;

  @Field(() => String)
  table!: string;

  @Field(() => SafeInt, { description: 'Rows that were found. One row may be of several kinds.' })
  count!: number;

  @Field(() => SafeInt, { description: 'Rows of this kind that are still there: all of them unless they were mended.' })
  remaining!: number;
}

@ObjectType()
export class RelationshipReport {
  @Field(() => [RelationshipProblem], { description: 'Only kinds of which rows were found.' })
  problems!: RelationshipProblem[];

  @Field(() => Boolean, {
    description: 'Whether what can be mended was mended: all but lines of the log, which are never changed.',
  })
  fixed!: boolean;

  @Field(() => Boolean, {
    description:
      'Whether the database itself refuses such rows. So it is from the first migration on; of a database that was ' +
      'restored without its constraints, from the first clean `strata validate-relationships` on.',
  })
  foreignKeysEnforced!: boolean;
}

import { Field, ID, ObjectType } from 'type-graphql';
import { CountsByStatus } from '../counts/competency-counts.type';
import { CompetencyStatus } from '../../shared/graphql/competency-status.enum';
import { CompetencyWords } from '../../shared/graphql/competency-words.type';
import { connectionOf } from '../../shared/graphql/connection.type';
import { NamedStudent } from '../../shared/graphql/named-student.type';
import { DateScalar } from '../../shared/graphql/scalars';

@ObjectType({ description: 'What there is to be learnt.' })
export class Competency extends CompetencyWords {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ description: 'The last status of a day on which there was one.' })
export class CompetencyDay {
  @Field(() => DateScalar)
  day!: string;

  @Field(() => CompetencyStatus)
  status!: CompetencyStatus;
}

@ObjectType({ description: 'Where a student stands with a competency.' })
export class StudentCompetency {
  @Field(() => Competency)
  competency!: Competency;

  @Field(() => CompetencyStatus, { description: 'The latest status; NOT_STARTED without one.' })
  status!: CompetencyStatus;

  @Field(() => DateScalar, { nullable: true, description: 'The day of the latest status; null without one.' })
  day!: string | null;
}

@ObjectType({ description: "How many of a student's competencies stand where at the end of a day." })
export class StudentCounts extends CountsByStatus {}

@ObjectType()
export class StudentCompetencyConnection extends connectionOf<StudentCompetency>(() => StudentCompetency) {}

@ObjectType()
export class CompetencyConnection extends connectionOf<Competency>(() => Competency) {}

@ObjectType({ description: "A student's row of a class's matrix." })
export class CompetencyRow extends NamedStudent {
  @Field(() => [CompetencyStatus], { description: "One for each competency of the matrix's page, in its order." })
  statuses!: CompetencyStatus[];
}

@ObjectType()
export class CompetencyRowConnection extends connectionOf<CompetencyRow>(() => CompetencyRow) {}

@ObjectType({ description: "A class's active students and the competencies that are expected of them, today." })
export class CompetencyMatrix {
  @Field(() => ID)
  classId!: string;

  @Field(() => CompetencyConnection)
  competencies!: CompetencyConnection;

  @Field(() => CompetencyRowConnection)
  students!: CompetencyRowConnection;
}

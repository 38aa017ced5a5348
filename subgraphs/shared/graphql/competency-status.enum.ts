import { registerEnumType } from 'type-graphql';

export enum CompetencyStatus {
  NOT_STARTED = 'NOT_STARTED',
  IN_PROGRESS = 'IN_PROGRESS',
  INFERRED = 'INFERRED',
  COMPLETED = 'COMPLETED',
}

registerEnumType(CompetencyStatus, { name: 'CompetencyStatus' });

/** As they are kept: 0 not started, 1 in progress, 2 inferred, 3 completed. */
export const competencyStatuses = Object.values(CompetencyStatus);

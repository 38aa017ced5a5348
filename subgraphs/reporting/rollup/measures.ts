/** What adds up of activity, as the tables name it. */
export const activityMeasures = ['score_sum', 'attempts', 'collection_seconds', 'assessment_seconds'] as const;

/** The net changes of competency counts; null on a row that has activity alone. */
export const competencyMeasures = ['completed', 'inferred', 'in_progress', 'expected'] as const;

export const allMeasures = [...activityMeasures, ...competencyMeasures] as const;

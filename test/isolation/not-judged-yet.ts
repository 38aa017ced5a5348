/**
 * Fields that have no rule yet and are not asked for: each is a gap, to be closed by a rule and the removal of its line.
 * Nothing is added here: a new field comes with its rule.
 */
export const notJudgedYet: ReadonlySet<string> = new Set<string>();

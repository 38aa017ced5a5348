import { selectTreeDifferences } from '../../hierarchy/published';
import type { Transaction } from '../../shared/database/database';
import { selectWrongChanges, selectWrongHistory, selectWrongWeeks } from '../competency-counts/verify-counts.queries';
import { selectDaysUnlikeAcceptance, selectUnknownIds } from './verify-acceptance.queries';
import {
  selectFactsUnlikeLearnerFacts,
  selectLostFacts,
  selectMishungCells,
  selectMisplacedClasses,
  selectWrongCellLearners,
} from './verify-facts.queries';
import type { Bound, Found } from './verify-labels.queries';
import { selectDaysUnlikeLearnerFacts, selectLearnersUnlikeActivity } from './verify-learners.queries';
import { selectParentsUnlikeChildren, selectStoredTrees, selectWrongSums } from './verify.queries';

/** One thing that is not what it should be; of both sides only what differs. */
export interface Difference {
  check: string;
  subject: string;
  /** Null: it should not be there. */
  expected: Record<string, unknown> | null;
  /** Null: it is not there. */
  found: Record<string, unknown> | null;
}

export interface Verdict {
  /** What was compared, and how many differences there are. */
  checks: { check: string; differences: number }[];
  /** Of each check the first ones. */
  differences: Difference[];
}

interface Check {
  name: string;
  look: (tx: Transaction, bound: Bound) => Promise<Found[]>;
}

const checksOfFacts: Check[] = [
  { name: 'trees against placements', look: selectTreeDifferences },
  { name: 'cells of classes against placements', look: selectMisplacedClasses },
  { name: 'parents of cells', look: selectMishungCells },
  { name: "learners' facts against activity", look: selectLearnersUnlikeActivity },
  { name: "learners' days against their facts", look: selectDaysUnlikeLearnerFacts },
  { name: "facts against the learners' facts", look: selectFactsUnlikeLearnerFacts },
  { name: 'days of acceptance', look: selectDaysUnlikeAcceptance },
  { name: 'known ids against activity', look: selectUnknownIds },
  { name: "learners of cells against the learners' days", look: selectWrongCellLearners },
  { name: 'facts that no sum has', look: selectLostFacts },
  { name: 'history of roster and frameworks', look: selectWrongHistory },
  { name: 'competency counts against statuses and history', look: selectWrongChanges },
  { name: 'weeks of classes', look: selectWrongWeeks },
];

export type VerifyProgress = (check: string, done: number, of: number) => void;

/**
 * Compares everything that is stored with what it was made from: trees with placements, facts with activity, every
 * stored sum with the facts of its classes and every parent with its children. The transaction must see one moment
 * (a read does); what waits as a delta is in no stored sum yet, and no difference.
 */
export async function verify(
  tx: Transaction,
  { most = 20, onProgress = () => undefined }: { most?: number; onProgress?: VerifyProgress } = {},
): Promise<Verdict> {
  const trees = await selectStoredTrees(tx);
  const withCells = trees.some(({ id, built }) => id === 0 && built);
  const checks = [
    ...checksOfFacts.filter(({ look }) => withCells || look !== selectLostFacts),
    ...trees.map(tree => ({
      name: `stored sums of ${tree.key} against facts`,
      look: (transaction: Transaction, bound: Bound) => selectWrongSums(transaction, tree, bound),
    })),
    ...trees
      .filter(({ id, built }) => id !== 0 && built && withCells)
      .map(({ id, key }) => ({
        name: `stored sums of ${key} against children`,
        look: (transaction: Transaction, bound: Bound) => selectParentsUnlikeChildren(transaction, id, bound),
      })),
  ];
  const verdict: Verdict = { checks: [], differences: [] };
  for (const [index, { name, look }] of checks.entries()) {
    onProgress(name, index, checks.length);
    const found = await look(tx, { most });
    verdict.checks.push({ check: name, differences: Number(found[0]?.total ?? 0) });
    verdict.differences.push(...found.map(one => differenceOf(name, one)));
  }
  onProgress('done', checks.length, checks.length);
  return verdict;
}

function differenceOf(check: string, { subject, expected, found }: Found): Difference {
  if (!expected || !found) return { check, subject, expected, found };
  const differs = (key: string): boolean => JSON.stringify(expected[key]) !== JSON.stringify(found[key]);
  const part = (side: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(side).filter(([key]) => differs(key)));
  return { check, subject, expected: part(expected), found: part(found) };
}

export const countDifferences = ({ checks }: Verdict): number =>
  checks.reduce((sum, { differences }) => sum + differences, 0);

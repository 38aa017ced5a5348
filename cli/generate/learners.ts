import type { Plan } from './plan';
import { hash, seedFor } from './random';

/** A learner has a class of their own and a number in it. */
export interface Learner { home: number; number: number }

/** Days on which an enrolment counts: from the first up to, not including, the end. */
interface Enrolled { from: number; end: number; left: 'WITHDRAWN' | 'INACTIVE' | null }

export const learnerId = ({ home, number }: Learner): string =>
  `learner-${String(home).padStart(7, '0')}-${number < 10 ? '0' : ''}${number}`;

/** Everything about a learner is read off these bits. */
export const learnerTraits = (plan: Plan): ((learner: Learner) => number) => {
  const seed = seedFor(plan.seed, 'learners');
  return ({ home, number }) => hash(hash(seed, home), number);
};

/** From -1 to 1; not the bits that decide on the enrolment. */
export const talent = (traits: number): number => (hash(traits, 1) & 1023) / 511.5 - 1;

/** The learner whom people log in as is there from beginning to end. */
const isOwnLearner = ({ home, number }: Learner): boolean => home === 0 && number === 0;

/** A few in a hundred come late, and a few leave; the rest is there before activity begins and stays. */
export function enrolled(plan: Plan, { learner, traits }: { learner: Learner; traits: number }): Enrolled {
  const { firstDay, lastDay } = plan;
  const span = lastDay - firstDay + 1;
  const early = firstDay - 14 - (traits >>> 26);
  if (isOwnLearner(learner)) return { from: early, end: Infinity, left: null };
  const leaves = traits & 63;
  if (leaves < 3) {
    const end = firstDay + Math.floor(span * (64 + ((traits >>> 6) & 63)) / 128);
    return { from: early, end, left: leaves === 2 ? 'INACTIVE' : 'WITHDRAWN' };
  }
  const late = ((traits >>> 12) & 31) === 1;
  return { from: late ? firstDay + Math.floor(span * ((traits >>> 6) & 63) / 128) : early, end: Infinity, left: null };
}

/** A learner of the class before, in the same school, may also be in this one; null: no such learner. */
export function guestOf({ tree, learners }: Plan, c: number): Learner | null {
  const before = c - 1;
  const sharesOne = before % 5 === 2 && tree.schoolOf[before] === tree.schoolOf[c] && learners[before]! > 1;
  return sharesOne ? { home: before, number: 1 } : null;
}

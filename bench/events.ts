import { randomUUID } from 'node:crypto';
import { people } from './tenant.queries';

/** An event as a sender sends it, by the customer's ids. */
export interface BenchEvent {
  eventId: string;
  classId: string;
  userId: string;
  occurredAt: string;
  score: number;
  secondsSpent: number;
  subject: string;
}

const subjects = ['Mathematics', 'Language'];

/**
 * Makes events on days that no other measurement looks at: one class after the other, far apart in the tenant, and in
 * each of them some learners one after the other, as a class at work sends them.
 */
export function eventMaker({ classes, learners }: { classes: number; learners: number }) {
  let at = -1;
  const one = (): BenchEvent => {
    at++;
    const session = Math.floor(at / learners);
    const klass = 1 + ((session * 7919) % classes);
    return {
      eventId: randomUUID(),
      classId: `c${klass}`,
      userId: `p${1 + (at % people)}`,
      occurredAt: `2025-08-0${4 + (session % 5)}T10:${String(at % 60).padStart(2, '0')}:00Z`,
      score: (at * 37) % 101,
      secondsSpent: 30 + ((at * 13) % 600),
      subject: subjects[session % 2]!,
    };
  };
  return (count: number): BenchEvent[] => Array.from({ length: count }, one);
}

import { badInput } from '../errors';

/** Far more than any input of the graph has, far fewer than what walks it by calling itself can bear. */
const deepest = 100;

/** Throws BAD_USER_INPUT where a value read from JSON has more levels within levels. */
export function refuseDeepNesting(value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw badInput(`A request may have ${deepest} levels of lists and objects within each other at most.`);
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      for (const inner of Object.values(one)) if (typeof inner === 'object' && inner !== null) below.push(inner);
    }
    level = below;
  }
}

/**
 * Throws BAD_USER_INPUT where what was asked holds the one character that the database keeps in no text: in a value, or
 * written in the query's own text as an escape.
 */
export function refuseNul(asked: unknown): void {
  if (/\\u(0000|\{0+\})/.test(JSON.stringify(asked))) throw badInput('A request must not contain a NUL character.');
}

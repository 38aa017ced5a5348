import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { selectOwnHierarchy } from '../hierarchies/hierarchy.queries';
import { selectNodes } from './node.queries';
import { selectView } from './view.queries';

/** Which of these classes a caller covers; whichever hierarchy they are looked at through. */
export async function selectCoveredClasses(tx: Transaction, caller: Caller, classNumbers: number[]): Promise<Set<number>> {
  const view = await selectView(tx, caller, await selectOwnHierarchy(tx));
  const found = await selectNodes(tx, view, { groups: [], classes: classNumbers });
  return new Set(found.filter(({ visible }) => visible).map(({ node }) => node.number));
}

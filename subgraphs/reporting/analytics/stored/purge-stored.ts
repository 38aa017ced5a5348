import type { Transaction } from '../../../shared/database/database';
import type { Day } from '../../../shared/period';
import { deleteAll, type PurgeTools } from '../../../shared/retention/purge';
import { keptFigures } from '../../retention/kept-figures';
import { deleteFiguresBefore } from './organisation-figures.queries';

/** Deletes stored figures of windows in which something has expired: nobody is shown them any more. */
export async function purgeStoredFigures(tools: PurgeTools): Promise<void> {
  const from = await tools.read((tx: Transaction): Promise<Day | null> => keptFigures(tx, tools.now).then(kept => kept.figuresFrom));
  if (from !== null) await deleteAll(tools, 'organisation_figures', (tx, most) => deleteFiguresBefore(tx, from, most));
}

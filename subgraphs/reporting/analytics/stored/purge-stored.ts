import { deleteAll, type PurgeTools } from '../../../shared/retention/purge';
import { wholeFrom } from '../windows';
import { deleteFiguresBefore } from './organisation-figures.queries';

/** Deletes stored figures of windows in which something has expired: nobody is shown them any more. */
export async function purgeStoredFigures(tools: PurgeTools): Promise<void> {
  const from = await tools.read(tx => wholeFrom(tx, tools.now));
  if (from !== null) await deleteAll(tools, 'organisation_figures', (tx, most) => deleteFiguresBefore(tx, from, most));
}

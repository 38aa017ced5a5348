import { Readable } from 'node:stream';
import { seesAll } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import { reportReaders } from '../../shared/access/rules';
import type { Database } from '../../shared/database/database';
import { Session } from '../../shared/database/session';
import { forbidden, notFound, Problem } from '../../shared/errors';
import { exportNumber } from '../../shared/identifiers';
import { attachment } from '../../shared/subgraph/attachment';
import type { SubgraphRoute } from '../../shared/subgraph/route';
import { figureLoaders } from '../rollup/figures.loader';
import { ExportStatus } from './export.type';
import { selectChunk, selectExport, selectShown, type ExportRow } from './export.queries';
import { formats } from './formats';
import { quietly } from './make';
import { requesterOf } from './requester';

const closed = (): Problem =>
  forbidden('What this file shows may not all be seen by you any more. Please ask for the report anew.');

interface Asker {
  caller: Caller;
  session: Session;
  now: Date;
}

/**
 * Refuses a file whose requester would not see all that it shows if they asked now: the node, every group that is named
 * in it, every class whose figures are in it. Roles and token may have changed, grants, placements, the hierarchy.
 */
async function refuseUnlessSeen({ id, question }: ExportRow, { caller, session, now }: Asker): Promise<void> {
  if (!reportReaders.some(role => caller.roles.has(role))) throw closed();
  const { nodes } = figureLoaders({ caller, session, now });
  const { hierarchyKey, nodeId } = question;
  const view = await nodes.view(hierarchyKey).catch((error: unknown) => {
    throw error instanceof Problem && error.code !== 'UNAVAILABLE' ? closed() : error;
  });
  const found = await nodes.found.load({ id: nodeId, hierarchyKey });
  if (!found?.visible) throw closed();
  const tx = await session.read();
  if (!(await seesAll(tx, view, await selectShown(tx, id)))) throw closed();
}

/** Each piece is read in a transaction of its own: they never change, and whoever reads slowly keeps no connection. */
async function* piecesOf(database: Database, tenantId: number, { id, tries, bytes }: ExportRow): AsyncGenerator<Buffer> {
  let left = Number(bytes);
  for (let number = 0; left > 0; number++) {
    const piece = await database.transaction(tenantId, 'read', tx => selectChunk(tx, { id, tries, number }));
    if (!piece) throw new Error('a report file was removed while it was downloaded'); // the connection breaks off
    left -= piece.length;
    yield piece;
  }
}

/** GET /exports/:id/file: a finished file, for its requester alone, as long as all that it shows may be seen. */
export const exportFileRoute: SubgraphRoute = {
  method: 'GET',
  path: '/exports/:id/file',
  handle: async ({ credentials, params }, { database, identify, now, audit }) => {
    const caller = await identify(credentials);
    const { tenantId } = caller;
    const id = exportNumber(params.id ?? '');
    const session = new Session(database, tenantId);
    let row: ExportRow | undefined;
    try {
      row = id === null ? undefined : await selectExport(await session.read(), { id, requester: requesterOf(caller), now });
      if (!row || row.status !== ExportStatus.COMPLETED) throw notFound(`There is no file of an export '${params.id}'.`);
      await refuseUnlessSeen(row, { caller, session, now });
    } finally {
      await session.close();
    }
    const { fileName, format, question, bytes } = row;
    const details = { fileName, report: question.report, nodeId: question.nodeId, bytes: Number(bytes) };
    await quietly(database, tenantId, tx =>
      audit(tx, { action: 'DOWNLOAD_EXPORT', resourceType: 'Export', resourceId: params.id, details }),
    );
    return {
      status: 200,
      headers: {
        'content-type': formats[format].type,
        'content-disposition': attachment(fileName, fileName),
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
      },
      body: Readable.from(piecesOf(database, tenantId, row), { objectMode: false }),
    };
  },
};

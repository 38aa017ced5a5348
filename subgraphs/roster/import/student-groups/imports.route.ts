import { Readable } from 'node:stream';
import type { Caller } from '../../../shared/access/caller';
import { badInput, notFound } from '../../../shared/errors';
import { attachment } from '../../../shared/subgraph/attachment';
import { json, type RouteRequest, type RouteTools, type SubgraphRoute } from '../../../shared/subgraph/route';
import { keepsFile, selectImport, selectImports, type ImportRow, type ImportStatus } from './import.queries';
import { readPayload } from './payload';
import { refuseWithoutGroupWrite } from './permission';
import { filesSince, receiveFile, resubmit, senderOf } from './receive';
import { withUpload } from './upload';

/** An import as its document shows it. `progress`, 0 to 1, only while the file is being applied. */
function shownImport(row: ImportRow, origin: string) {
  const self = `${origin}/imports/${row.id}`;
  const underWay = row.status === 'ACCEPTED' && row.recordsDone > 0;
  return {
    id: row.id,
    content: 'GROUPS',
    contentType: row.contentType,
    digest: row.digest,
    status: row.status,
    batch: row.batch,
    creator: row.creator,
    created: row.created,
    updated: row.updated,
    message: row.message,
    ...(underWay ? { progress: Math.round((1000 * row.recordsDone) / row.records) / 1000 } : {}),
    _links: {
      self: { href: self },
      payload: { href: `${self}/payload` },
      'payload-properties': { href: `${self}/payload/properties` },
    },
  };
}

/** POST /groups/imports: 202 with the import, also of bad data: its message says what is wrong. */
const sendFile: SubgraphRoute = {
  method: 'POST',
  path: '/groups/imports',
  handle: async (request, { database, identify, now }) => {
    const caller = await identify(request.credentials);
    refuseWithoutGroupWrite(caller);
    const row = await withUpload(request, upload => receiveFile(upload, { database, caller, now }));
    return json(202, shownImport(row, request.origin));
  },
};

const mostListed = 1_000;
const statuses: readonly string[] = ['ACCEPTED', 'PROCESSED', 'BAD_DATA'] satisfies ImportStatus[];

/** GET /groups/imports?status=&before=&first=: the caller's own, all of the tenant's for administrators, newest first. */
const listImports: SubgraphRoute = {
  method: 'GET',
  path: '/groups/imports',
  handle: async ({ credentials, query, origin }, { database, identify }) => {
    const caller = await identify(credentials);
    refuseWithoutGroupWrite(caller);
    const status = query.get('status');
    if (status !== null && !statuses.includes(status)) {
      throw badInput(`status must be one of ${statuses.join(', ')}, not ${status}.`);
    }
    const bounds = { first: wholeNumber(query, 'first') ?? 100, before: wholeNumber(query, 'before') ?? null };
    if (bounds.first > mostListed) throw badInput(`first may be ${mostListed} at most, not ${bounds.first}.`);
    const rows = await database.transaction(caller.tenantId, 'read', tx =>
      selectImports(tx, { sender: senderOf(caller), status: status as ImportStatus | null, ...bounds }),
    );
    return json(200, rows.map(row => shownImport(row, origin)));
  },
};

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badInput(`${name} must be a whole number, not ${text}.`);
  return Number(text);
}

const resubmitFiles: SubgraphRoute = {
  method: 'POST',
  path: '/groups/imports/resubmit',
  handle: async ({ credentials, origin }, { database, identify, now }) => {
    const caller = await identify(credentials);
    refuseWithoutGroupWrite(caller);
    const rows = await resubmit({ database, caller, now });
    return json(202, rows.map(row => shownImport(row, origin)));
  },
};

/** The import a request names, for who may follow it; NOT_FOUND for everybody else. */
async function followed({ credentials, params }: RouteRequest, { database, identify }: RouteTools) {
  const caller: Caller = await identify(credentials);
  const id = /^\d{1,9}$/.test(params.id ?? '') ? Number(params.id) : null;
  const row =
    id !== null &&
    (await database.transaction(caller.tenantId, 'read', tx => selectImport(tx, { id, sender: senderOf(caller) })));
  if (!row) throw notFound(`There is no import ${params.id}.`);
  return { caller, row };
}

const showImport: SubgraphRoute = {
  method: 'GET',
  path: '/imports/:id',
  handle: async (request, tools) => {
    const { row } = await followed(request, tools);
    return json(200, shownImport(row, request.origin));
  },
};

/** The file as it was sent. */
const showPayload: SubgraphRoute = {
  method: 'GET',
  path: '/imports/:id/payload',
  handle: async (request, tools) => {
    const { row, caller } = await followed(request, tools);
    const { database, now } = tools;
    const isThere = await database.transaction(caller.tenantId, 'read', async tx => keepsFile(tx, row.id, await filesSince(tx, now)));
    if (!isThere) throw notFound(`The file of the import ${row.id} is no longer kept.`);
    const name = row.batch ?? `${row.id}`;
    return {
      status: 200,
      headers: {
        'content-type': row.contentType,
        // Kept as what it should be: its sender's name for it may be that of a page or a program.
        'content-disposition': attachment(/\.csv$/i.test(name) ? name : `${name}.csv`, `${row.id}.csv`),
        'x-content-type-options': 'nosniff',
      },
      body: Readable.from(readPayload(database, caller.tenantId, row.id), { objectMode: false }),
    };
  },
};

const showProperties: SubgraphRoute = {
  method: 'GET',
  path: '/imports/:id/payload/properties',
  handle: async (request, tools) => {
    const { row } = await followed(request, tools);
    return json(200, {
      filename: row.batch,
      contentType: row.contentType,
      digest: row.digest,
      bytes: row.bytes,
      records: row.records,
      username: row.creator,
    });
  },
};

export const importRoutes = [sendFile, listImports, resubmitFiles, showImport, showPayload, showProperties];

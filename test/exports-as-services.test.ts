import express from 'express';
import request from 'supertest';
import { overHttp } from '../gateway/remote-connection';
import { reportingSubgraph } from '../subgraphs/reporting/subgraph';
import { mountRoutes, problemHandler } from '../subgraphs/shared/subgraph/http';
import { listen, type OpenServer } from '../subgraphs/shared/subgraph/listen';
import { ask, finished } from './exports';
import { openGroupFiles, type GroupFiles } from './group-files';
import type { Asker } from './start-gateway';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };

let world: GroupFiles;
let subgraph: OpenServer;
const bugs: unknown[] = [];
beforeAll(async () => {
  world = await openGroupFiles({ key: 'acme', people: { admin: ['ORG_ADMIN'] } });
  const server = express();
  mountRoutes(server, world.gateway.service.subgraph('reporting').routes);
  server.use(problemHandler(bug => bugs.push(bug)));
  subgraph = await listen(server, { port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await subgraph.close();
  await world.close();
  expect(bugs).toEqual([]);
});

test('behind the gateway as a service, a file comes whole with its name, and a refusal as a problem', async () => {
  const gateway = express();
  mountRoutes(gateway, overHttp(reportingSubgraph, `http://127.0.0.1:${subgraph.port}/graphql`).routes);
  gateway.use(problemHandler(bug => bugs.push(bug)));
  const authorization = `Bearer ${await world.gateway.service.token(admin)}`;
  const id = await ask(world, admin, { format: 'CSV' });
  const { bytes, fileName } = await finished(world, admin, id);
  const file = await request(gateway).get(`/exports/${id}/file`).set({ authorization }).buffer(true);
  expect([file.status, Buffer.byteLength(file.text), file.type]).toEqual([200, bytes, 'text/csv']);
  expect(file.headers).toMatchObject({
    'content-disposition': `attachment; filename="${fileName}"; filename*=UTF-8''${fileName}`,
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  });
  for (const [at, headers, status] of [[`/exports/x0zzzzz/file`, { authorization }, 404], [`/exports/${id}/file`, {}, 401]] as const) {
    const refused = await request(gateway).get(at).set(headers);
    expect([refused.status, refused.type]).toEqual([status, 'application/problem+json']);
  }
});

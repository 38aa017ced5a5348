import express from 'express';
import request from 'supertest';
import { overHttp } from '../gateway/remote-connection';
import { rosterSubgraph } from '../subgraphs/roster/subgraph';
import { mountRoutes, problemHandler } from '../subgraphs/shared/subgraph/http';
import { listen, type OpenServer } from '../subgraphs/shared/subgraph/listen';
import { openGroupFiles, sampleFile, type GroupFiles } from './group-files';

const contents = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };

let files: GroupFiles;
let subgraph: OpenServer;
const bugs: unknown[] = [];
beforeAll(async () => {
  files = await openGroupFiles({ key: 'acme', groups: { '88800120012001': 'school' }, people: { admin: ['ORG_ADMIN'] } });
  const server = express();
  mountRoutes(server, files.gateway.service.subgraph('roster').routes);
  server.use(problemHandler(bug => bugs.push(bug)));
  subgraph = await listen(server, { port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await subgraph.close();
  await files.close();
  expect(bugs).toEqual([]);
});

test.each([
  ['the host that the caller asked', {}, 'http://strata.test'],
  ['STRATA_PUBLIC_URL', { publicUrl: 'https://reports.example.org/strata/' }, 'https://reports.example.org/strata'],
])('behind the gateway as a service, files come and go whole, and links begin with %s', async (_, options, origin) => {
  const gateway = express();
  mountRoutes(gateway, overHttp(rosterSubgraph, `http://127.0.0.1:${subgraph.port}/graphql`).routes, options);
  gateway.use(problemHandler(bug => bugs.push(bug)));
  const headers = { authorization: `Bearer ${await files.gateway.service.token(contents)}`, host: 'strata.test' };
  const sent = await request(gateway).post('/groups/imports').set(headers).attach('file', Buffer.from(sampleFile), 'demo.csv');
  expect([sent.status, sent.body._links.self.href]).toEqual([202, `${origin}/imports/${sent.body.id}`]);
  const payload = await request(gateway).get(`/imports/${sent.body.id}/payload`).set(headers).buffer(true);
  expect([payload.status, payload.text]).toEqual([200, sampleFile]);
  expect(payload.headers['content-disposition']).toContain('demo.csv');
  const refused = await request(gateway).post('/groups/imports').set({ ...headers, 'content-type': 'application/json' }).send('{}');
  expect([refused.status, refused.type]).toEqual([400, 'application/problem+json']);
});

import { auditServer } from 'graphql-http';
import { listen, type OpenServer } from '../subgraphs/shared/subgraph/listen';
import { createTenant } from './fixture';
import { startGateway, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

let gateway: GatewayForTest;
let server: OpenServer;
beforeAll(async () => {
  gateway = await startGateway({
    fill: owner => createTenant(owner, twoHierarchies('acme')),
    now: new Date('2026-03-20T12:00:00Z'),
    introspection: true, // two of the questions are asked of the schema
  });
  server = await listen(gateway.app, { port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await server.close();
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

test('nothing that GraphQL over HTTP says a server MUST do fails', async () => {
  const token = await gateway.service.token({ subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] });
  const results = await auditServer({
    url: `http://127.0.0.1:${server.port}/graphql`,
    fetchFn: (url: string, { headers = {}, ...init }: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(headers as object), authorization: `Bearer ${token}` } }),
  });
  expect(results.filter(({ status }) => status === 'ok').length).toBeGreaterThan(40);
  expect(results.filter(({ name, status }) => name.startsWith('MUST') && status !== 'ok').map(({ name }) => name)).toEqual([]);
  expect(results.filter(({ status }) => status === 'error').map(({ name }) => name)).toEqual([]);
});

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Express } from 'express';
import pino from 'pino';
import request from 'supertest';
import { signDevelopmentToken, verificationKeys } from '../subgraphs/shared/access/keys';
import { tokenVerifier } from '../subgraphs/shared/access/token';
import type { RunningSubgraph } from '../subgraphs/shared/subgraph/subgraph';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { connectOwner, createTenant } from '../test/fixture';
import { tinySubgraphs } from '../test/tiny-subgraphs';
import { createGateway, type Gateway } from './app';
import { composedFiles } from './compose';
import { inProcess } from './connection';

let database: TestDatabase;
let dataDir: string;
let running: RunningSubgraph[];
let gateway: Gateway;
let app: Express;
let token: string;
/** The texts that reached a subgraph. */
let fetched: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  await createTenant(owner, { key: 'acme', people: { ann: ['ORG_ADMIN'] } });
  await owner.close();
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'strata-direct-'));
  const rules = { dataDir, issuer: 'test', audience: 'strata' };
  const verifyToken = tokenVerifier({ key: await verificationKeys(rules), ...rules });
  token = await signDevelopmentToken({ ...rules, now: new Date() }, { subject: 'ann', tenant: 'acme', roles: ['ORG_ADMIN'] });
  const runtime = { databaseUrl: database.url, stepDown: true, verifyToken, poolSize: 2 };
  running = await Promise.all(tinySubgraphs.map(subgraph => subgraph.start(runtime)));
  gateway = await createGateway({
    connections: running.map(subgraph => {
      // Without a version no answer is given again from memory.
      const { version: _, fetch, ...connection } = inProcess(subgraph);
      return { ...connection, fetch: asked => (fetched.push(asked.query), fetch(asked)) };
    }),
    supergraphSdl: composedFiles(tinySubgraphs).get('supergraph.graphql')!,
    introspection: true,
    verifyToken,
    checks: [],
    log: pino({ level: 'silent' }),
  });
  app = gateway.app;
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all(running.map(subgraph => subgraph.close()));
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

async function ask(query: string, variables?: object, operationName?: string) {
  fetched = [];
  const response = await request(app)
    .post('/graphql')
    .set('authorization', `Bearer ${token}`)
    .send({ query, variables, operationName });
  return { status: response.status, text: response.text, fetched };
}

type Question = [query: string, variables?: object, operationName?: string];
type Case = { name: string; asked: Question };
const cases = (given: [name: string, ...Question][]): Case[] => given.map(([name, ...asked]) => ({ name, asked }));

const ofOneSubgraph = cases([
  ['plain fields', '{ books { id title } }'],
  ['aliases and arguments', '{ a: book(id: "b1") { t: title } b: book(id: "b2") { title } none: book(id: "b9") { id } }'],
  ['fragments', 'query { books { ...one ... on Book { title } } } fragment one on Book { id __typename }'],
  ['variables', 'query ($id: ID!) { book(id: $id) { title } }', { id: 'b3', unknown: 1 }],
  ['a default of a variable', 'query ($id: ID! = "b2") { book(id: $id) { title } }'],
  ['directives below the top', 'query ($yes: Boolean!) { books { id title @include(if: $yes) } }', { yes: false }],
  ['one of two operations', 'query A { whoAmI } query B { books { title } }', undefined, 'B'],
  ['the name of the root', '{ __typename whoAmI }'],
  ['a field that is refused', '{ whoAmI refuse(code: "FORBIDDEN") again: refuse(code: "TOO_LARGE") }'],
  ['a scalar in the text', '{ weekday(day: "2026-03-02") }'],
]);

test.each(ofOneSubgraph)('$name: answered the same when the question goes to its subgraph as it came', async ({ asked }) => {
  const first = await ask(...asked);
  const second = await ask(...asked);
  expect(second.fetched).toEqual([asked[0]]);
  expect([second.status, JSON.parse(second.text)]).toEqual([first.status, JSON.parse(first.text)]);
});

const others = cases([
  ['two subgraphs', '{ books { title readers } }'],
  ['two subgraphs side by side', '{ whoAmI total }'],
  ['the schema beside data', '{ whoAmI __schema { queryType { name } } }'],
  ['a part of the top that may be left out', 'query ($yes: Boolean!) { whoAmI @include(if: $yes) }', { yes: true }],
]);

test.each(others)('$name: takes the usual way each time', async ({ asked }) => {
  const first = await ask(...asked);
  const second = await ask(...asked);
  expect(second.fetched).not.toContain(asked[0]);
  expect([second.status, second.text]).toEqual([first.status, first.text]);
});

const wrong = cases([
  ['a variable of the wrong type', 'query ($id: ID!) { book(id: $id) { title } }', { id: { b: 1 } }],
  ['a variable that is missing', 'query ($id: ID!) { book(id: $id) { title } }', {}],
  ['an operation that is not there', 'query A { whoAmI }', undefined, 'B'],
  ['a date that is none, in a variable', 'query ($day: Date!) { weekday(day: $day) }', { day: '2026-02-30' }],
]);

test.each(wrong)('$name: told the same before and after the question was asked rightly', async ({ asked }) => {
  const before = await ask(...asked);
  await ask(asked[0], { id: 'b1', day: '2026-03-02' });
  const after = await ask(...asked);
  expect([after.status, after.text]).toEqual([before.status, before.text]);
  expect(before.status).toBe(asked[0].includes('weekday') ? 200 : 400);
  expect(JSON.parse(before.text).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test.each([
  ['a query', { query: { toString: 1 } }],
  ['an operation\'s name', { query: '{ whoAmI }', operationName: { toString: 1 } }],
])('%s that is no text, and cannot be made one, is refused', async (_what, body) => {
  const { status } = await request(app).post('/graphql').set('authorization', `Bearer ${token}`).send(body);
  expect(status).toBe(400);
});

import { Client } from 'pg';
import { permissions } from '../../subgraphs/hierarchy/permissions';
import { tenantAdmin } from '../../subgraphs/shared/access/rules';
import { OpenTransaction } from '../../subgraphs/shared/database/open-transaction';
import { attack } from './attack';
import { withHole, withRules, type Hole } from './holes';
import { plantAttacked, type AttackedService, type PlantedWorld } from './service';

jest.mock('../../subgraphs/hierarchy/nodes/view.queries', () => holes().inViewQueries(jest.requireActual('../../subgraphs/hierarchy/nodes/view.queries')));
jest.mock('../../subgraphs/hierarchy/nodes/node.loader', () => holes().inNodeLoader(jest.requireActual('../../subgraphs/hierarchy/nodes/node.loader')));
jest.mock('../../subgraphs/reporting/reports/node-figures.resolver', () =>
  holes().inNodeFigures(jest.requireActual('../../subgraphs/reporting/reports/node-figures.resolver')));
jest.mock('../../subgraphs/shared/paging', () => holes().inPaging(jest.requireActual('../../subgraphs/shared/paging')));
jest.mock('../../subgraphs/shared/access/caller', () => holes().inCallers(jest.requireActual('../../subgraphs/shared/access/caller')));
jest.mock('../../subgraphs/roster/student-groups/student-group.queries', () =>
  holes().inStudentGroups(jest.requireActual('../../subgraphs/roster/student-groups/student-group.queries')));
jest.mock('../../subgraphs/roster/activity-log/read-log', () =>
  holes().inReadingLogs(jest.requireActual('../../subgraphs/roster/activity-log/read-log')));
jest.mock('../../subgraphs/roster/import/student-groups/receive', () =>
  holes().inReceiving(jest.requireActual('../../subgraphs/roster/import/student-groups/receive')));
jest.mock('../../gateway/answers', () => holes().inAnswers(jest.requireActual('../../gateway/answers')));

function holes(): typeof import('./holes') {
  return jest.requireActual('./holes');
}

/** Far more than any of them has taken: which questions come changes with every field. Without one, thousands show nothing. */
const most = 5_000;
const seed = 41;

/** A service of its own for each, on a copy of the world: what one reads through its hole, and remembers, must not be found in the next. */
let planted: PlantedWorld;
let service: AttackedService;
beforeAll(async () => {
  planted = await plantAttacked(seed);
}, 60_000);
afterAll(() => planted.drop());
beforeEach(async () => {
  service = await planted.start();
}, 60_000);
afterEach(() => service.close());

const find = async (writes = false): Promise<string> => (await attack({ service, seed, cases: most, writes })).findings.join('\n');

test('without a hole there is nothing to find', async () => {
  expect((await attack({ service, seed, cases: 200 })).findings).toEqual([]);
}, 60_000);

const holesToFind: [hole: Hole, found: RegExp, writes?: boolean][] = [
  ['a message that names what is hidden', /^leak at text/],
  ['no scope in the queries', /^leak/],
  ['a loader that callers share', /^(leak|wrongly)/],
  ['an answer that callers share', /^(leak|wrongly)/],
  ['a cursor that is not checked', /^(leak|wrongly answered)/],
  ['a reference that is not checked', /^leak/],
  ['a super admin by the token alone', /^(leak|wrongly answered)/],
  ['student groups of anybody', /^leak/],
  ['a log without its classes', /^leak/],
  ['imports of anybody', /^(leak|wrongly answered)/, true],
];

test.each(holesToFind)('%s is found', async (hole, found, writes = false) => {
  expect(await withHole(hole, () => find(writes))).toMatch(found);
}, 120_000);

test('a permission rule that is missing is found', async () => {
  expect(await withRules([tenantAdmin], { func: async () => true }, () => find(true))).toMatch(/^(leak|wrongly answered)/);
}, 120_000);

test('a rule that remembers one verdict for all rows of a request is found', async () => {
  const { hierarchyNode } = permissions.Query as unknown as { hierarchyNode: { getRules(): unknown[] } };
  expect(await withRules(hierarchyNode.getRules(), { cache: 'contextual' }, () => find())).toMatch(/^(leak|wrongly)/);
}, 120_000);

test('a tenant predicate that is missing, on tables whose policy is missing, is found', async () => {
  const query = OpenTransaction.prototype.query;
  const tables = ['groups', 'tree_nodes', 'classes'];
  const client = new Client({ connectionString: service.gateway.database.url });
  await client.connect();
  const forgetful = jest.spyOn(OpenTransaction.prototype, 'query').mockImplementation(function (this: OpenTransaction, sql, parameters) {
    const forgotten = sql
      .replace('groups.tenant_id = $1 and groups.id = any', '$1::int is not null and groups.id = any')
      .replace('classes.tenant_id = $1 and classes.id = any', 'classes.id = any');
    return query.call(this, forgotten, parameters) as never;
  });
  try {
    for (const table of tables) await client.query(`alter table ${table} disable row level security`);
    expect(await find()).toMatch(/^(leak|wrongly)/);
  } finally {
    forgetful.mockRestore();
    for (const table of tables) await client.query(`alter table ${table} enable row level security`);
    await client.end();
  }
}, 120_000);

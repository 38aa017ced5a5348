import { event, lines, load, now } from './sample-bundle';
import { createTestDatabase, type TestDatabase } from './database';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

let database: TestDatabase;
let gateway: GatewayForTest;

/** Two customers whose schools have the same ids, in an Indian tree; one has a mapping to countries beside it. */
const bundle = {
  'tenants.csv': lines('tenant_id,name,applicable_hierarchy_id,time_zone', 'books,Books,sap,UTC', 'rival,Rival,india,UTC'),
  'groups.csv': lines(
    'tenant_id,group_id,type,name,code',
    ...['books', 'rival'].flatMap(tenant => [
      `${tenant},in,country,India,`, `${tenant},np,country,Nepal,`, `${tenant},goa,state,Goa,`,
      `${tenant},s1,school,First,`, `${tenant},s2,school,Second,`, `${tenant},s3,school,Third,`,
    ]),
  ),
  'users.csv': lines(
    'tenant_id,user_id,login,role,given_name,family_name',
    'books,boss,boss@books,ORG_ADMIN,,', 'rival,boss,boss@rival,ORG_ADMIN,,', 'books,lea,lea@books,LEARNER,,', 'rival,lea,lea@rival,LEARNER,,',
  ),
  'classes.csv': lines(
    'tenant_id,class_id,name,code,grade,subject,school_id,active',
    ...['books', 'rival'].flatMap(tenant => ['s1', 's2', 's3'].map(school => `${tenant},in-${school},Class of ${school},,5,,${school},true`)),
  ),
  'placements.csv': lines(
    'tenant_id,hierarchy_id,child_type,child_id,parent_type,parent_id',
    'rival,india,state,goa,country,in', 'rival,india,school,s1,state,goa', 'rival,india,class,in-s1,school,s1',
    'books,india,state,goa,country,in', 'books,india,school,s1,state,goa',
    ...['s1', 's2', 's3'].map(school => `books,sap,class,in-${school},school,${school}`),
  ),
  'country_school_mapping.csv': lines('tenant_id,country_id,school_id', 'books,in,s1', 'books,np,s2'),
  'activity.ndjson': lines(
    ...['books', 'rival'].flatMap(tenant => ['s1', 's2', 's3'].map(school =>
      event(tenant, { eventId: school, classId: `in-${school}`, userId: 'lea', score: 50 }))),
  ),
};

beforeAll(async () => {
  database = await createTestDatabase();
  expect((await load(database, bundle)).problems).toEqual([]);
  gateway = await startGateway({ database, now });
});
afterAll(async () => {
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
  await database.drop();
});

const asker = (tenant: string): Asker => ({ subject: 'boss', tenant, roles: ['ORG_ADMIN'] });

interface Row { node: { id: string; name: string; type: string }; performance: { attempts: number } }

/** What hangs below, level by level, with its attempts. */
async function tree(tenant: string, hierarchyId: string, nodeId?: string): Promise<unknown[]> {
  const { nodeReport } = await gateway.read(
    asker(tenant),
    `query ($nodeId: ID, $hierarchyId: ID) {
      nodeReport(nodeId: $nodeId, hierarchyId: $hierarchyId, period: { from: "2026-03-01", through: "2026-03-31" }) {
        children { nodes { node { id name type } performance { attempts } } } reconciliation { attempts }
      }
    }`,
    { nodeId, hierarchyId },
  );
  expect(nodeReport.reconciliation).toEqual({ attempts: 0 });
  return Promise.all(nodeReport.children.nodes.map(async ({ node, performance }: Row) => [
    node.name, performance.attempts, ...(node.type === 'class' ? [] : await tree(tenant, hierarchyId, node.id)),
  ]));
}

test("a country-to-school mapping, per tenant, resolves SAP's two levels; another tenant's schools are untouched by it", async () => {
  expect(await tree('books', 'sap')).toEqual([
    ['India', 1, ['First', 1, ['Class of s1', 1]]],
    ['Nepal', 1, ['Second', 1, ['Class of s2', 1]]],
  ]);
  // A school that no country has is in other with its class; the own Indian tree stays beside the mapping.
  const { nodeReport } = await gateway.read(asker('books'), `{
    nodeReport(period: { from: "2026-03-01", through: "2026-03-31" }) { other { node { classCount } performance { attempts } } }
  }`);
  expect(nodeReport.other).toEqual({ node: { classCount: 1 }, performance: { attempts: 1 } });
  expect(await tree('books', 'india')).toEqual([['India', 0, ['Goa', 0, ['First', 0]]]]);

  expect(await tree('rival', 'india')).toEqual([['India', 1, ['Goa', 1, ['First', 1, ['Class of s1', 1]]]]]);
  expect(await gateway.codes(asker('rival'), '{ hierarchyNode(id: "t000001", hierarchyId: "sap") { id } }')).toEqual(['BAD_USER_INPUT']);
});

test('a mapping that changes moves the school from one country to another, in its own tenant alone', async () => {
  const rival = await tree('rival', 'india');
  const moved = lines('tenant_id,country_id,school_id', 'books,np,s1', 'books,np,s2', 'books,in,s3');
  expect((await load(database, { 'country_school_mapping.csv': moved })).files).toEqual({
    'country_school_mapping.csv': { added: 1, changed: 1, unchanged: 1, rejected: 0 },
  });
  expect(await tree('books', 'sap')).toEqual([
    ['India', 1, ['Third', 1, ['Class of s3', 1]]],
    ['Nepal', 2, ['First', 1, ['Class of s1', 1]], ['Second', 1, ['Class of s2', 1]]],
  ]);
  expect(await tree('rival', 'india')).toEqual(rival);
});

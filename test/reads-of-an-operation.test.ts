import { platformTenant } from '../migrations/row-level-security';
import { createTenant, type KnownTenant } from './fixture';
import { insertRows } from './fixture.queries';
import { startGateway, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

/** Each subgraph of a test has four connections. */
const connections = 4;

let gateway: GatewayForTest;
let acme: KnownTenant;
beforeAll(async () => {
  gateway = await startGateway({
    fill: async owner => {
      acme = await createTenant(owner, twoHierarchies('acme'));
      await owner.transaction(platformTenant, 'write', tx =>
        insertRows(tx, 'people', [{ external_id: 'super', login: 'super', roles: ['SUPER_ADMIN'] }]),
      );
    },
    now: new Date('2026-03-20T12:00:00Z'),
    background: false,
  });
});
afterAll(() => gateway.close());

test('an error that takes the whole answer with it leaves no transaction of the fields beside it open', async () => {
  const admin = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
  const beside = 'tenantSettings { applicableHierarchy { roots { name children { nodes { name ancestors { name } } } } other { name } } }';
  for (let n = 0; n < 3 * connections; n++) {
    const refused = `{ tenants { name } hierarchyChangePreview(hierarchyId: "none") { classesToOther } a${n}: ${beside} }`;
    const { data, errors } = await gateway.ask(admin, refused);
    expect([data, errors.map(({ extensions }) => extensions?.code)]).toEqual([null, expect.arrayContaining(['FORBIDDEN'])]);
  }
  expect((await gateway.read(admin, `{ ${beside} }`)).tenantSettings.applicableHierarchy.roots).toHaveLength(1);
  expect(gateway.bugs).toEqual([]);
}, 20_000);

test('the list of tenants is read beside what else is asked for, and breaks nothing of it off', async () => {
  const query = `query ($keys: [_Any!]!) { tenants { name } _entities(representations: $keys) {
    ... on HierarchyChangePreview { classesToOther usersGainingAccess }
  } }`;
  const keys = ['sap', 'india', 'sap'].map(hierarchyId => ({ __typename: 'HierarchyChangePreview', hierarchyId }));
  const { data, errors } = await gateway.service.ask({
    ...{ subgraph: 'hierarchy', tenant: acme, as: 'super', query, variables: { keys }, actingTenant: 'acme' },
    token: { subject: 'super', tenant: 'platform', roles: ['SUPER_ADMIN'] },
  });
  expect([data!.tenants, errors]).toEqual([[{ name: 'Acme' }, { name: 'Platform' }], undefined]);
  expect(data!._entities).toHaveLength(keys.length);
});

import { createTenant } from './fixture';
import { startGateway, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

/** Each subgraph of a test has four connections. */
const connections = 4;

let gateway: GatewayForTest;
beforeAll(async () => {
  gateway = await startGateway({
    fill: owner => createTenant(owner, twoHierarchies('acme')),
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

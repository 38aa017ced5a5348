import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import { twoHierarchies } from '../../../test/two-hierarchies';
import { insertRows } from '../../../test/fixture.queries';
import { platformTenant } from '../../../migrations/row-level-security';
import { publicId } from '../../shared/identifiers';
import { rosterSubgraph } from '../subgraph';

const query = '{ viewer { id login roles tenant { id name } } }';

describe('the viewer', () => {
  let database: TestDatabase;
  let service: ServiceForTest;
  let acme: KnownTenant;
  let platform: KnownTenant;

  beforeAll(async () => {
    database = await createTestDatabase();
    const owner = await connectOwner(database.url);
    acme = await createTenant(owner, {
      ...twoHierarchies('acme'),
      people: { both: ['PARTNER', 'TEACHER', 'OFFICER'], learner: ['LEARNER'] },
      grants: {},
    });
    const [root] = await owner.transaction(platformTenant, 'write', tx =>
      insertRows(tx, 'people', [{ external_id: 'root', login: 'root', roles: ['SUPER_ADMIN'] }]),
    );
    platform = { ...acme, key: 'platform', number: platformTenant, people: new Map([['root', root!]]) };
    platform.rolesOf = () => ['SUPER_ADMIN'];
    await owner.close();
    service = await startForTest({ url: database.url, subgraphs: [rosterSubgraph] });
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

  test('is who the token names, in their tenant, with their roles in one order', async () => {
    const { data } = await service.ask({ subgraph: 'roster', tenant: acme, as: 'both', query });
    expect(data).toEqual({
      viewer: {
        id: acme.personId('both'),
        login: 'both',
        roles: ['TEACHER', 'OFFICER', 'PARTNER'],
        tenant: { id: acme.id, name: 'Acme' },
      },
    });
  });

  test('has the roles that both the token and the row carry', async () => {
    const token = { roles: ['OFFICER', 'ORG_ADMIN', 'SUPER_ADMIN'] };
    const { data } = await service.ask({ subgraph: 'roster', tenant: acme, as: 'both', query, token });
    expect(data).toMatchObject({ viewer: { roles: ['OFFICER'] } });
  });

  test('who is a super admin sees the tenant they act in, and is the same person', async () => {
    const ask = { subgraph: 'roster' as const, tenant: platform, as: 'root', query };
    const id = publicId('person', platform.people.get('root')!);
    const tenant = { id: publicId('tenant', platformTenant) };
    expect((await service.ask(ask)).data).toMatchObject({ viewer: { id, tenant } });
    expect((await service.ask({ ...ask, actingTenant: 'acme' })).data).toEqual({
      viewer: { id, login: 'root', roles: ['SUPER_ADMIN'], tenant: { id: acme.id, name: 'Acme' } },
    });
  });

  test('is nobody without an accepted token', async () => {
    const answer = await service.ask({ subgraph: 'roster', tenant: acme, as: 'nobody', query });
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('cannot be another person by reference', async () => {
    const keys = [{ id: acme.personId('learner') }, { id: acme.personId('both') }];
    const ask = { subgraph: 'roster' as const, tenant: acme, as: 'learner', type: 'Viewer', keys, fields: 'login' };
    expect(await service.entities(ask)).toEqual({ data: { _entities: [{ login: 'learner' }, null] } });
  });
});

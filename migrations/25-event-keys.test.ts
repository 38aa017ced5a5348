import { DataSource } from 'typeorm';
import { createTestDatabase } from '../test/database';
import { connectOwner, createTenant } from '../test/fixture';
import { eventsOf, restlessTenant, RestlessTenant } from '../test/restless-tenant';
import { EventKeys1761000000025 } from './25-event-keys';

test('events that were accepted before their ids became keys are known afterwards, each tenant its own', async () => {
  const database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  const source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  try {
    const tenants = [];
    for (const key of ['one', 'two']) {
      const { number } = await createTenant(owner, restlessTenant(key));
      const tenant = await RestlessTenant.open(owner, number);
      await tenant.send(eventsOf(0, key === 'one' ? 60 : 30));
      tenants.push({ number, tenant });
    }
    const idsOf = (tenant: number) =>
      owner.transaction(tenant, 'read', tx => tx.query<{ id: string }>('select event_id as id from event_ids order by 1'));

    const runner = source.createQueryRunner();
    await new EventKeys1761000000025().down(runner);
    const ids = (await idsOf(tenants[1]!.number)).map(row => row.id);
    expect(ids.sort()).toEqual(eventsOf(0, 30).map(event => event.eventId).sort());
    await new EventKeys1761000000025().up(runner);
    await runner.release();

    const [one, two] = tenants;
    expect(await one!.tenant.send(eventsOf(0, 60))).toEqual({ accepted: 0, duplicates: 60, rejected: [] });
    expect(await two!.tenant.send(eventsOf(0, 40))).toEqual({ accepted: 10, duplicates: 30, rejected: [] });
    const [first] = eventsOf(0, 1);
    const { rejected } = await two!.tenant.send([{ ...first!, score: 1 }]);
    expect(rejected).toMatchObject([{ eventId: first!.eventId, code: 'CONFLICT' }]);
  } finally {
    await source.destroy();
    await owner.close();
    await database.drop();
  }
});

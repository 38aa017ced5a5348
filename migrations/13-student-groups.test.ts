import { DataSource } from 'typeorm';
import { createTestDatabase } from '../test/database';
import { connectOwner, createTenant } from '../test/fixture';
import { eventsOf, restlessTenant, RestlessTenant } from '../test/restless-tenant';
import { StudentGroups1761000000013 } from './13-student-groups';

test("a database with activity gets its learners' own facts when it is migrated, each tenant its own", async () => {
  const database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  const source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  try {
    const tenants: number[] = [];
    for (const key of ['one', 'two']) {
      const { number } = await createTenant(owner, restlessTenant(key));
      const tenant = await RestlessTenant.open(owner, number);
      await tenant.send(eventsOf(0, key === 'one' ? 60 : 30));
      tenants.push(number);
    }
    const facts = (tenant: number) =>
      owner.transaction(tenant, 'read', tx => tx.query<object>('select * from learner_days order by 2, 3, 4, 5'));
    const before = await Promise.all(tenants.map(facts));
    expect(before.map(rows => rows.length > 10)).toEqual([true, true]);

    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await new StudentGroups1761000000013().down(runner);
    await new StudentGroups1761000000013().up(runner);
    await runner.commitTransaction();
    await runner.release();
    expect(await Promise.all(tenants.map(facts))).toEqual(before);
  } finally {
    await source.destroy();
    await owner.close();
    await database.drop();
  }
});

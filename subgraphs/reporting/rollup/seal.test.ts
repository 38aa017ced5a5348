import { openBothLogins, type BothLogins } from '../../../test/both-logins';
import { createTenant } from '../../../test/fixture';
import { eventsOf, restlessTenant, RestlessTenant, type SentEvent } from '../../../test/restless-tenant';
import type { Database } from '../../shared/database/database';
import { sealableBefore } from './seal';
import { verify } from './verify';

let logins: BothLogins;
let owner: Database;
let database: Database;

beforeAll(async () => {
  logins = await openBothLogins();
  ({ owner, application: database } = logins);
});
afterAll(() => logins.close());

const april = new Date('2026-04-20T12:00:00Z');

/** Activity that came and was folded day by day, from January to March. */
async function grownDayByDay(key: string): Promise<RestlessTenant> {
  const { number } = await createTenant(owner, restlessTenant(key));
  const tenant = await RestlessTenant.open(database, number);
  await tenant.build('everything');
  const days = new Map<string, SentEvent[]>();
  for (const event of eventsOf(0, 600)) {
    const day = event.occurredAt.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  for (const [, events] of [...days].sort(([a], [b]) => a.localeCompare(b))) {
    await tenant.send(events);
    await tenant.fold();
  }
  return tenant;
}

/** The rows of a month in the order in which they lie on the disk: whose they are, of which grain, context and bucket. */
const rowsAsTheyLie = (tenantId: number, month: string): Promise<{ key: number[] }[]> =>
  database.transaction(tenantId, 'read', tx =>
    tx.query(
      `select array[aggregates.hierarchy_id, aggregates.grain, aggregates.context_id,
         coalesce(tree_nodes.level, 0), coalesce(tree_nodes.pre, aggregates.owner_id), aggregates.start - $2::date] as key
       from aggregates
       left join tree_nodes on tree_nodes.tenant_id = $1
         and tree_nodes.hierarchy_id = aggregates.hierarchy_id and tree_nodes.group_id = aggregates.owner_id
       where aggregates.tenant_id = $1
         and aggregates.start >= $2::date and aggregates.start < $2::date + interval '1 month'
       order by aggregates.ctid`,
      [tenantId, month],
    ),
  );

const inOrder = (rows: { key: number[] }[]) =>
  [...rows].sort(({ key: a }, { key: b }) => a.map((part, index) => part - b[index]!).find(part => part !== 0) ?? 0);

async function sealAll(tenant: RestlessTenant, at: Date, most?: number): Promise<number> {
  let steps = 0;
  while (await tenant.seal(at, most)) steps++;
  return steps;
}

test('a month that is over lies in the order in which reports read it, and says the same', async () => {
  const tenant = await grownDayByDay('sealed');
  const before = await rowsAsTheyLie(tenant.tenantId, '2026-02-01');
  expect(before.length).toBeGreaterThan(500);
  expect(before).not.toEqual(inOrder(before));
  expect(await sealAll(tenant, april, 1_000)).toBeGreaterThan(0);
  const after = await rowsAsTheyLie(tenant.tenantId, '2026-02-01');
  expect(after).toEqual(inOrder(after));
  expect(inOrder(after)).toEqual(inOrder(before));
  expect((await database.transaction(tenant.tenantId, 'read', tx => verify(tx))).differences).toEqual([]);
});

test('what comes late to a sealed month, and moves, change its sums as ever', async () => {
  const tenant = await grownDayByDay('late');
  await sealAll(tenant, april);
  await tenant.send(eventsOf(600, 200));
  await tenant.fold();
  const soundNow = async () =>
    expect((await database.transaction(tenant.tenantId, 'read', tx => verify(tx))).differences).toEqual([]);
  await soundNow();
  await tenant.build('us');
  await soundNow();
});

test('a month is sealed once, and not before it has been over for a week', async () => {
  const tenant = await grownDayByDay('once');
  expect(sealableBefore(new Date('2026-03-07T23:59:00Z'))).toBe('2026-02-01');
  expect(sealableBefore(new Date('2026-03-08T00:00:00Z'))).toBe('2026-03-01');
  // January in three trees, the tenant and its cells being one: then there is nothing more to do.
  expect(await sealAll(tenant, new Date('2026-03-01T00:00:00Z'), 1_000)).toBe(3);
  expect(await sealAll(tenant, new Date('2026-03-08T00:00:00Z'), 1_000)).toBe(3);
  expect(await sealAll(tenant, new Date('2026-03-08T00:00:00Z'), 1_000)).toBe(0);
});

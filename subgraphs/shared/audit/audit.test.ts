import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../test/fixture';
import { Database } from '../database/database';
import { partitionedTables } from '../database/partitioned-tables';
import { makePartitionsAhead } from '../database/partitions';
import { writeAudit } from './audit';
import { withoutSecrets } from './details';

let database: TestDatabase;
let owner: Database;
let service: Database;
let acme: KnownTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  acme = await createTenant(owner, { key: 'acme', people: { ann: ['ORG_ADMIN'] } });
  service = await Database.connect({ url: database.url, stepDown: true, entities: [] });
});
afterAll(async () => {
  await service.close();
  await owner.close();
  await database.drop();
});

const write = (now: Date, details: Record<string, unknown> = {}, from = {}) =>
  service.transaction(acme.number, 'write', tx => writeAudit(tx, { action: 'test', details }, { now, from }));
const rows = <Row>(select: string) =>
  service.transaction(acme.number, 'read', tx => tx.query<Row>(`select ${select} from audit_log where tenant_id = $1 order by recorded_at`, [acme.number]));

test("rows go to their month's partition, which is there before it is needed; what has none is kept all the same", async () => {
  await makePartitionsAhead(owner, { tables: partitionedTables, now: new Date('2027-11-15T00:00:00Z') });
  for (const day of ['2027-11-01T00:00:00Z', '2028-01-31T23:59:59.999Z', '2028-02-29T12:00:00Z', '2028-03-01T00:00:00Z']) await write(new Date(day));
  expect(await rows('tableoid::regclass::text as place')).toEqual([
    { place: 'audit_log_2027_11' }, { place: 'audit_log_2028_01' }, { place: 'audit_log_2028_02' }, { place: 'audit_log_other_months' },
  ]);
  const direct = service.transaction(acme.number, 'read', tx => tx.query('select from audit_log_2027_11'));
  await expect(direct).rejects.toMatchObject({ code: '42501' });
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['no address', null],
  [undefined, null],
])('an address is kept as one, and nothing else is: %s', async (address, kept) => {
  const now = new Date(`2029-01-01T00:00:00Z`);
  await write(now, {}, { address });
  const found = await rows<{ host: string | null; recorded_at: Date }>('host(address) as host, recorded_at');
  expect(found.filter(({ recorded_at: at }) => at.getTime() === now.getTime()).map(({ host }) => host)).toContain(kept);
});

test('secrets are taken out wherever they stand', () => {
  expect(withoutSecrets({ input: { password: 'x', newPassword: 'x', clientSecret: { a: 'x' }, list: [{ token: 'x' }], name: 'kept' } })).toEqual({
    input: { password: '(not kept)', newPassword: '(not kept)', clientSecret: '(not kept)', list: [{ token: '(not kept)' }], name: 'kept' },
  });
});

test('a list of thousands is told by its length', () => {
  const { ids } = withoutSecrets({ ids: Array.from({ length: 5_000 }, (_, n) => `k${n}`) }) as { ids: string[] };
  expect([ids.length, ids.at(-1)]).toEqual([21, '… 5000 in all']);
});

test('whatever somebody sends can be written down, and takes no more room than it may', async () => {
  const now = new Date('2029-06-01T00:00:00Z');
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), async sent => {
      await write(now, { sent: { ...sent, odd: '\ud800 \0 \udc00' } });
    }),
    { numRuns: 60 },
  );
  const [longest] = await rows<{ most: number }>('max(length(details::text)) over () as most');
  expect(longest!.most).toBeLessThan(20_000);
});

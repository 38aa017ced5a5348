import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../cli/generate/random';
import { setTimeZone } from '../subgraphs/hierarchy/settings/change-settings';
import { SettingsEntity } from '../subgraphs/hierarchy/settings/settings.entity';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { countDifferences } from '../subgraphs/reporting/rollup/verify';
import { Database } from '../subgraphs/shared/database/database';
import { openBothLogins, type BothLogins } from './both-logins';
import { dayOf, daysLater, eventBefore, RetentionLife } from './retention-life';

let logins: BothLogins;
let owner: Database;
let application: Database;
beforeAll(async () => {
  logins = await openBothLogins();
  ({ owner, application } = logins);
});
afterAll(() => logins.close());

const figureDays = 40;
const begin = (key: string) =>
  RetentionLife.begin({ owner, application }, { key, times: { figureDays, rawActivityHours: 24 }, now: new Date('2027-01-15T09:00:00Z') });

const periodsAt = (now: Date, random: Random) => [
  { from: dayOf(daysLater(now, -300)), through: dayOf(daysLater(now, 2)) },
  { from: dayOf(daysLater(now, -figureDays - 10)), through: dayOf(daysLater(now, -figureDays + 30)) },
  ...[1, 2].map(() => {
    const from = -random.below(120);
    return { from: dayOf(daysLater(now, from)), through: dayOf(daysLater(now, from + random.below(60))) };
  }),
];

/** Random lives: three in the long tests. */
const lives = process.env.STRATA_PROPERTY_RUNS ? [1, 2, 3] : [1];

test.each(lives)('nothing is seen after its time, and no figure changes by a purge (%i)', async seed => {
  const random = new Random(seed);
  const life = await begin(`life-${seed}`);
  const { restless, tenant } = life;
  let sent = 0;
  let purged = 0;
  for (let step = 0; step < 30; step++) {
    const count = random.below(25);
    await life.send(Array.from({ length: count }, () => eventBefore(random, sent++, life.now, random.below(3) === 0 ? 90 : 5)));
    const dice = random.below(6);
    if (dice === 0) await restless.build('everything');
    else if (dice < 4) await restless.fold();
    else await restless.move(restless.randomMove(random));
    life.goOn(random.below(12));

    const periods = periodsAt(life.now, random);
    const hierarchy = random.below(2) === 0 ? 'india' : 'us';
    const before = await life.shown(hierarchy, periods);
    const names = [...tenant.classes.keys()];
    const expected = (classes: string[]) => periods.map(period => life.expected(classes, period));
    expect(before.get(tenant.id)).toEqual(expected(names));
    for (const name of names) expect([name, before.get(tenant.nodeId(name))]).toEqual([name, expected([name])]);
    if (random.below(3) > 0) continue;

    if (random.below(4) > 0) {
      if (purged < 2) await restless.build('us'); // builds the rest, too, where nothing is built yet
      await restless.fold();
    }
    expect(await life.purge(random.below(2) === 0 ? undefined : 7)).toBe(true);
    purged++;
    expect(await life.shown(hierarchy, periods)).toEqual(before);
    const verdict = await life.verify();
    expect([verdict.differences, countDifferences(verdict)]).toEqual([[], 0]);
  }
  expect(purged).toBeGreaterThan(3);
  expect(life.expected([...tenant.classes.keys()], periodsAt(life.now, random)[0]!).attempts).toBeLessThan(sent / 2);
  await restless.build('everything');
  expect(countDifferences(await life.verify())).toBe(0);
});

test('what is accepted while the time zone changes expires with the day that its figures are of', async () => {
  const { tenant } = await begin('zoned');
  const event = (eventId: string) => ({ ...{ eventId, classId: 'class0', userId: 'learner0', score: 50 }, occurredAt: '2027-01-10T23:30:00Z' });
  const [first, next] = [new Date('2027-01-15T09:00:00Z'), new Date('2027-01-16T09:00:00Z')];
  await application.transaction(tenant.number, 'activity', tx => ingest(tx, [event('one')], { now: first, ids: 'external' }));
  const accepting = await application.begin(tenant.number, 'activity');
  const settings = await Database.connect({ url: logins.url, stepDown: true, entities: [SettingsEntity] });
  const changing = settings.transaction(tenant.number, 'write', tx => setTimeZone(tx, { timeZone: 'Asia/Kolkata', expectedVersion: 1 }));
  await Promise.race([changing, sleep(300)]);
  await ingest(accepting, [event('two')], { now: next, ids: 'external' });
  await accepting.commit();
  await changing;
  await settings.close();
  const days = (sql: string) => owner.transaction(tenant.number, 'read', async tx =>
    (await tx.query<{ day: string }>(`select distinct day::text as day from ${sql} order by 1`, [tenant.number])).map(row => row.day));
  expect(await days(`accepted_days where tenant_id = $1 and accepted_on = '2027-01-16'`)).toEqual(await days('class_days where tenant_id = $1'));
});

import { Random } from '../cli/generate/random';
import { sealSome } from '../subgraphs/reporting/rollup/seal';
import { countDifferences } from '../subgraphs/reporting/rollup/verify';
import type { Database } from '../subgraphs/shared/database/database';
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

test('while a purge goes on, events come, sums are folded, sealed, moved and rebuilt: each in its turn, and nothing is lost', async () => {
  const random = new Random(1);
  const life = await RetentionLife.begin(
    { owner, application },
    { key: 'busy', times: { figureDays: 10, rawActivityHours: 24, eventIdDays: 20 }, now: new Date('2027-01-15T09:00:00Z') },
  );
  const { restless, tenant } = life;
  const names = [...tenant.classes.keys()];
  let sent = 0;
  const some = (count: number, longest: number) => Array.from({ length: count }, () => eventBefore(random, sent++, life.now, longest));
  await restless.build('everything');
  for (let round = 0; round < 3; round++) {
    for (let day = 0; day < 5; day++) {
      await life.send(some(120, 5));
      life.goOn(1);
    }
    await restless.fold();
    life.goOn(4);
    let purging = true;
    const whilePurging = async (work: () => Promise<unknown>) => {
      while (purging) await work();
    };
    const purge = (async () => {
      try {
        for (let again = 0; again < 3; again++) expect(await life.purge(3)).toBe(true);
      } finally {
        purging = false;
      }
    })();
    const month = life.now;
    await Promise.all([
      purge,
      whilePurging(() => life.send(some(40, 3))),
      whilePurging(() => restless.fold()),
      whilePurging(() => application.transaction(tenant.number, 'write', tx => sealSome(tx, { now: daysLater(month, 40), most: 2 }))),
      whilePurging(() => restless.move(restless.randomMove(random))),
      whilePurging(() => restless.build(random.below(2) === 0 ? 'us' : 'everything')),
    ]);
    const period = [{ from: dayOf(daysLater(life.now, -100)), through: dayOf(daysLater(life.now, 2)) }];
    const shown = await life.shown('india', period);
    expect(shown.get(tenant.id)).toEqual([life.expected(names, period[0]!)]);
    for (const name of names) expect([name, shown.get(tenant.nodeId(name))]).toEqual([name, [life.expected([name], period[0]!)]]);
    const verdict = await life.verify();
    expect([verdict.differences, countDifferences(verdict)]).toEqual([[], 0]);
  }
});

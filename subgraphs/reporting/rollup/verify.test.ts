import { Random } from '../../../cli/generate/random';
import { openBothLogins, type BothLogins } from '../../../test/both-logins';
import { createTenant } from '../../../test/fixture';
import { eventsOf, hierarchies, now, restlessTenant, RestlessTenant } from '../../../test/restless-tenant';
import { selectPlacements } from '../../../test/restless-tenant.queries';
import { place } from '../../hierarchy/placements/place';
import type { Database, Transaction } from '../../shared/database/database';
import { countDifferences, verify, type Verdict } from './verify';

let logins: BothLogins;
let owner: Database;
let database: Database;

beforeAll(async () => {
  logins = await openBothLogins();
  ({ owner, application: database } = logins);
});
afterAll(() => logins.close());

const sound = (verdict: Verdict) => expect([verdict.differences, countDifferences(verdict)]).toEqual([[], 0]);

/** Sends, moves, folds, seals and builds at random. */
async function live(tenant: RestlessTenant, { seed, steps }: { seed: number; steps: number }): Promise<void> {
  const random = new Random(seed);
  for (let step = 0; step < steps; step++) {
    const dice = random.below(13);
    if (dice < 4) await tenant.send(eventsOf(random.below(400), 1 + random.below(20)));
    else if (dice < 9) await tenant.move(tenant.randomMove(random));
    else if (dice < 11) await tenant.fold();
    else if (dice < 12) await tenant.seal(now);
    else await tenant.build((['everything', ...hierarchies] as const)[random.below(3)]!);
  }
}

test.each([1, 2, 3, 4])('whatever was sent, moved, folded, sealed and built, nothing differs (%d)', async seed => {
  const { number } = await createTenant(owner, restlessTenant(`sound-${seed}`));
  const tenant = await RestlessTenant.open(database, number);
  for (let chapter = 0; chapter < 6; chapter++) {
    await live(tenant, { seed: seed * 100 + chapter, steps: 12 });
    sound(await database.transaction(number, 'read', tx => verify(tx)));
  }
});

test('what is accepted while a class moves is counted once, and where the class hangs then', async () => {
  const { number, nodeId, classes, groups } = await createTenant(owner, restlessTenant('accepted-while-moving'));
  const tenant = await RestlessTenant.open(database, number);
  await tenant.send(eventsOf(0, 200));
  await tenant.build('everything');
  let sent = 200;
  for (let round = 0; round < 4; round++) {
    await database.transaction(number, 'write', async tx => {
      // Another sender is quicker than each statement of the move.
      const between = Object.create(tx) as Transaction;
      between.query = async <Row>(sql: string, parameters?: unknown[]) => {
        await tenant.send(eventsOf((sent += 20), 20));
        return tx.query<Row>(sql, parameters);
      };
      await place(between, { hierarchyKey: 'india', childId: nodeId('class0'), parentId: nodeId(`s${round + 1}`) });
    });
    sound(await database.transaction(number, 'read', tx => verify(tx)));
  }
  expect(await database.transaction(number, 'read', selectPlacements)).toContainEqual({
    ...{ hierarchy: 'india', kind: 'class', child: classes.get('class0'), parent: groups.get('s4') },
  });
  await tenant.fold();
  sound(await database.transaction(number, 'read', tx => verify(tx)));
});

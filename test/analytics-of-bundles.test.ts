import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestDatabase } from './database';
import { BundleFigures } from './figures-from-bundle';
import { createLoadedDatabase, demoOf, ouladOf, type Bundle } from './loaded-bundles';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

const madeUp = path.join(__dirname, '..', 'cli', 'oulad', 'made-up');
const dataset = path.resolve(__dirname, '..', '..', 'shared', 'data', 'oulad');
const isThere = existsSync(path.join(dataset, 'studentAssessment.csv'));
// Straight to stderr: of what is skipped jest shows neither the names nor the console.
if (!isThere) process.stderr.write(`SKIPPED in ${__filename}: expected the dataset's courses.csv and so on in ${dataset}\n`);

interface Source {
  bundle: Bundle<unknown>;
  /** Each tenant with its administrator, and the days that are asked for. */
  tenants: Record<string, string>;
  days: string[];
  there: boolean;
}

const oulad = (from: string): Pick<Source, 'bundle' | 'tenants' | 'days'> => ({
  bundle: ouladOf(from),
  tenants: { oulad: 'oulad-admin' },
  days: ['2013-12-31', '2014-03-15', '2014-08-01', '2015-02-10'],
});

const sources: Record<string, Source> = {
  'the demo': {
    bundle: demoOf('2026-08-04'),
    tenants: { 'demo-india': 'admin', 'demo-us': 'admin', 'demo-sap': 'admin' },
    days: ['2026-08-04', '2026-07-14'],
    there: true,
  },
  "OULAD's made-up set": { ...oulad(madeUp), there: true },
  'OULAD itself': { ...oulad(dataset), there: isThere },
};

const close = (numbers: Record<string, number | null>) =>
  Object.fromEntries(Object.entries(numbers).map(([name, one]) => [name, one === null ? null : expect.closeTo(one, 9)]));

describe.each(Object.entries(sources))('%s', (_, { bundle, tenants, days, there }) => {
  const promise = there ? test : test.skip;
  let database: TestDatabase;
  let gateway: GatewayForTest;
  const figures = new Map<string, BundleFigures>();
  const admin = (tenant: string): Asker => ({ subject: tenants[tenant]!, tenant, roles: ['ORG_ADMIN'] });

  beforeAll(async () => {
    if (!there) return;
    const loaded = await createLoadedDatabase(bundle);
    database = loaded.database;
    for (const tenant of Object.keys(tenants)) figures.set(tenant, new BundleFigures(loaded.dir, tenant));
    gateway = await startGateway({ database, now: bundle.now });
  }, 180_000);
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
    expect(gateway?.bugs ?? []).toEqual([]);
  });

  promise("an organisation's figures are those of the files", async () => {
    for (const tenant of Object.keys(tenants)) {
      for (const asOf of days) {
        const { organisationAnalytics } = await gateway.read(
          admin(tenant),
          `query ($asOf: Date!) { organisationAnalytics(asOf: $asOf) {
             learners activeLearners atRiskCount lastActivity
             averages { learningVelocity masteryProgress engagement skillGapCount }
           } }`,
          { asOf },
        );
        const { averages, ...counts } = figures.get(tenant)!.organisation(asOf);
        expect([tenant, asOf, organisationAnalytics]).toEqual([tenant, asOf, { ...counts, averages: close(averages) }]);
        expect(counts.learners + counts.atRiskCount).toBeGreaterThan(0);
      }
    }
  }, 180_000);

  promise("learners' figures are too, one by one", async () => {
    let completed = 0;
    for (const tenant of Object.keys(tenants)) {
      const byHand = figures.get(tenant)!;
      const asOf = days.at(-1)!;
      const learners = byHand.learnersOn(asOf);
      const chosen = new Set(Array.from({ length: 25 }, (__, n) => learners[Math.floor((n * learners.length) / 25)]!));
      for (const user of chosen) {
        const login = byHand.users.find(({ user_id }) => user_id === user)!.login!;
        const { people } = await gateway.read(
          admin(tenant),
          'query ($login: String!) { people(search: $login, first: 100) { nodes { id login } } }',
          { login },
        );
        const { id } = people.nodes.find((one: { login: string }) => one.login === login);
        const { learnerAnalytics } = await gateway.read(
          admin(tenant),
          `query ($id: ID!, $asOf: Date!) { learnerAnalytics(studentId: $id, asOf: $asOf) {
             learningVelocity masteryProgress completed expected skillGapCount engagement activeDays averageScore attempts
             totalSeconds lastActivity riskReasons skillGaps { totalCount }
           } }`,
          { id, asOf },
        );
        const { averageScore, ...rest } = byHand.figures(user, asOf);
        expect([user, learnerAnalytics]).toEqual([
          user,
          { ...rest, ...close({ averageScore }), skillGaps: { totalCount: rest.skillGapCount } },
        ]);
        completed += rest.completed;
      }
    }
    expect(completed).toBeGreaterThan(0);
  }, 180_000);
});

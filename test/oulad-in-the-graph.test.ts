import { existsSync } from 'node:fs';
import path from 'node:path';
import { standingFromCsv, totalsFromCsv, type OuladStanding, type Total } from '../cli/oulad/oracle';
import type { OuladSummary } from '../cli/oulad/write-bundle';
import type { TestDatabase } from './database';
import { createLoadedDatabase, ouladOf } from './loaded-bundles';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { expectSumsToAgree, ofType, walkTree, type WalkedNode } from './walk-tree';

const admin: Asker = { subject: 'oulad-admin', tenant: 'oulad', roles: ['ORG_ADMIN'] };
const whole = { from: '2013-01-01', through: '2015-12-31' };
const hierarchies = ['oulad-curriculum', 'oulad-regions'];

const madeUp = path.join(__dirname, '..', 'cli', 'oulad', 'made-up');
const dataset = path.resolve(__dirname, '..', '..', 'shared', 'data', 'oulad');
const isThere = existsSync(path.join(dataset, 'studentAssessment.csv'));
// Straight to stderr: of what is skipped jest shows neither the names nor the console.
if (!isThere) process.stderr.write(`SKIPPED in ${__filename}: expected the dataset's courses.csv and so on in ${dataset}\n`);

const totals = (nodes: Map<string, WalkedNode>): Map<string, Total> =>
  new Map(
    [...nodes]
      .filter(([, { figures }]) => figures.attempts > 0) // the oracle names only what has a score
      .map(([id, { figures: { attempts, scoreSum }, averageScore: mean }]) => [
        id,
        { attempts, scoreSum: scoreSum / 10_000, mean },
      ]),
  );

const ofNodes = (nodes: Map<string, WalkedNode>, type: string): WalkedNode[] =>
  [...nodes.values()].filter(node => node.type === type);

/** Where the oracle divides last in another order, the last bit of a mean may differ. */
function expectSame(found: Map<string, Total>, expected: Map<string, Total>): void {
  const exact = (all: Map<string, Total>) =>
    Object.fromEntries([...all].map(([id, { mean: _, ...sums }]) => [id, sums]));
  expect(exact(found)).toEqual(exact(expected));
  for (const [id, { mean }] of expected) expect(found.get(id)!.mean).toBeCloseTo(mean!, 10);
}

describe.each([
  ['the made-up set', madeUp, true],
  ['the real dataset', dataset, isThere],
])('%s, loaded and asked for over HTTP', (_, from, there) => {
  const promise = there ? test : test.skip;
  let database: TestDatabase;
  let gateway: GatewayForTest;
  let summary: OuladSummary;
  const oracle = there ? totalsFromCsv(from) : null!;
  const walks = new Map<string, Map<string, WalkedNode>>();
  const through = (hierarchy: string) => walks.get(hierarchy)!;

  beforeAll(async () => {
    if (!there) return;
    const oulad = ouladOf(from);
    ({ database, told: summary } = await createLoadedDatabase(oulad));
    gateway = await startGateway({ database, now: oulad.now });
    for (const hierarchyId of hierarchies) {
      walks.set(hierarchyId, await walkTree(gateway, { who: admin, hierarchyId, period: whole, pageSize: 50 }));
    }
  }, 600_000);
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
  });

  promise('attempts and mean score of modules and presentations are those of the CSV files, to the last attempt', () => {
    const curriculum = through('oulad-curriculum');
    expectSame(totals(ofType(curriculum, 'country')), new Map([['Open University', oracle.all]]));
    expectSame(totals(ofType(curriculum, 'school_district')), oracle.byModule);
    expectSame(totals(ofType(curriculum, 'school')), oracle.byPresentation);
  });

  promise('those of regions and nations are too', () => {
    const regions = through('oulad-regions');
    const { byRegion, byNation } = oracle;
    // A region of no known nation has no way to the root: its classes are in 'other'.
    const hung = new Map([...byRegion].filter(([region]) => !summary.regionsWithoutNation.includes(region)));
    expectSame(totals(ofType(regions, 'district')), hung);
    expectSame(totals(ofType(regions, 'state')), byNation);
    const inNations = [...byNation.values()].reduce((sum, { attempts }) => sum + attempts, 0);
    const other = [...regions.values()].find(({ type }) => type === 'other')!;
    expect(other.figures.attempts).toBe(oracle.all.attempts - inNations);
  });

  promise('those of classes are too, through whichever hierarchy', () => {
    for (const hierarchy of hierarchies) expectSame(totals(ofType(through(hierarchy), 'class')), oracle.byClass);
  });

  promise.each(['2013-12-31', '2014-03-15', '2014-08-01', '2015-12-31'])(
    'at the end of %s, completed and in progress per module and region are those of the files, who unregistered left out',
    async asOf => {
      const expected = standingFromCsv(from, asOf);
      const counts = 'completed inferred inProgress notStarted';
      const standing = async (hierarchyId: string, type: string): Promise<Map<string, OuladStanding>> => {
        const found = new Map<string, OuladStanding>();
        for (const { id, externalId } of ofNodes(through(hierarchyId), type)) {
          const data = await gateway.read(
            admin,
            `query ($id: ID!, $hierarchyId: ID!, $asOf: Date!) {
              hierarchyNode(id: $id, hierarchyId: $hierarchyId) { competencyCounts(asOf: $asOf) { ${counts} } }
            }`,
            { id, hierarchyId, asOf },
          );
          const { inferred, ...rest } = data.hierarchyNode.competencyCounts;
          expect(inferred).toBe(0);
          if (Object.values(rest).some(count => count !== 0)) found.set(externalId!, rest);
        }
        return found;
      };
      const some = (all: Map<string, OuladStanding>) =>
        Object.fromEntries([...all].filter(([, one]) => Object.values(one).some(count => count > 0)));
      const modules = some(await standing('oulad-curriculum', 'school_district'));
      expect(modules).toEqual(some(expected.byModule));
      expect(Object.keys(modules)).not.toEqual([]);
      const hung = new Map(
        [...expected.byRegion].filter(([region]) => region !== 'unknown' && !summary.regionsWithoutNation.includes(region)),
      );
      expect(some(await standing('oulad-regions', 'district'))).toEqual(some(hung));
    },
    120_000,
  );

  promise('the tenant has all attempts through both, and each node is its children and other', () => {
    for (const hierarchy of hierarchies) {
      const walked = through(hierarchy);
      expectSame(totals(ofType(walked, 'tenant')), new Map([['oulad', oracle.all]]));
      expectSumsToAgree(walked);
    }
  });
});

import fc from 'fast-check';
import { nodeLoaders, type Node } from '../subgraphs/hierarchy/published';
import { competencyStatesLoader, competencyValuesLoader } from '../subgraphs/reporting/published';
import { beginning } from '../subgraphs/reporting/rollup/cover';
import type { Source } from '../subgraphs/reporting/rollup/plan';
import { selectStoredState } from '../subgraphs/reporting/rollup/stored-state.queries';
import { ofCompetencies } from '../subgraphs/reporting/rollup/sums';
import { selectMeasures } from '../subgraphs/reporting/rollup/sums.queries';
import { verify } from '../subgraphs/reporting/rollup/verify';
import type { Caller } from '../subgraphs/shared/access/caller';
import type { Database } from '../subgraphs/shared/database/database';
import { Session } from '../subgraphs/shared/database/session';
import { addDays, weekOf } from '../subgraphs/shared/period';
import { adminOf } from './admin-of';
import { nodesWithClasses } from './climb';
import { CompetencyLife, classes, lives, people } from './competency-life';
import { selectWeeks } from './competency-life.queries';
import { openBothLogins, type BothLogins } from './both-logins';
import { createTenant } from './fixture';

const runs = Number(process.env.STRATA_PROPERTY_RUNS ?? 1_000);

let logins: BothLogins;
let owner: Database;
let database: Database;

beforeAll(async () => {
  logins = await openBothLogins();
  ({ owner, application: database } = logins);
});
afterAll(() => logins.close());

/** From before the first enrolment to after the last step can be. */
const days = fc
  .uniqueArray(fc.integer({ min: -12, max: 60 }), { minLength: 1, maxLength: 5 })
  .map(offsets => offsets.sort((a, b) => a - b).map(offset => addDays('2025-12-20', offset)));
const questions = fc.record({
  days,
  subject: fc.constantFrom(null, null, 'Maths'),
  framework: fc.constantFrom(null, null, 'core', 'other'),
  /** Which node is read in every way there is, and whether all that is stored is verified. */
  node: fc.nat(20),
  verified: fc.integer({ min: 0, max: 9 }).map(number => number === 0),
});

/** Every subject that there may be, and the framework. */
const subjects = ['Arts', 'Maths'];
const frameworks = ['core'];

const none = { completed: 0, inferred: 0, inProgress: 0, expected: 0 };

test('every node equals triples counted by hand, whatever happens to rosters, frameworks, trees and statuses', async () => {
  let number = 0;
  const seen = { ...none, stored: 0, weeks: 0, values: 0 };
  await fc.assert(
    fc.asyncProperty(lives, questions, async (drawn, { node: chosen, verified, ...question }) => {
      const fixture = CompetencyLife.fixtureOf(drawn, `life-${number++}`);
      const tenant = await createTenant(owner, fixture);
      const life = new CompetencyLife(database, fixture, tenant);
      if (drawn.built) await life.take({ after: 0, change: { do: 'build', what: 'everything' } });
      for (const step of drawn.steps) await life.take(step);

      const session = new Session(database, tenant.number);
      try {
        const caller = adminOf(tenant);
        const nodes = nodeLoaders({ caller, session });
        const states = competencyStatesLoader({ caller, session, nodes });
        const values = competencyValuesLoader({ caller, session, nodes });
        const day = question.days[0]!;
        for (const hierarchyKey of ['india', 'sap']) {
          const below = nodesWithClasses(fixture, tenant, hierarchyKey);
          const found: Node[] = [];
          for (const id of below.keys()) found.push((await nodes.node({ id, hierarchyKey }))!);
          const answers = await Promise.all(found.map(node => states.load({ node, ...question })));
          for (const [index, { counts, plan }] of answers.entries()) {
            const node = found[index]!;
            const byHand = question.days.map(day => life.counts(below.get(node.id)!, day, question));
            expect([node.type, node.name, plan.source, counts]).toEqual([node.type, node.name, plan.source, byHand]);
            for (const name of Object.keys(none) as (keyof typeof none)[]) seen[name] += counts.at(-1)![name];
            if (plan.source.read === 'own') seen.stored++;
          }
          const read = await Promise.all(found.map(node => values.load({ node, days: [day], subject: null, framework: null })));
          const isCounted = (node: Node, filter: object) =>
            life.counts(below.get(node.id)!, day, { subject: null, framework: null, ...filter }).expected > 0;
          expect(found.map(({ name }, index) => [name, read[index]])).toEqual(
            found.map(node => [node.name, {
              subjects: subjects.filter(subject => isCounted(node, { subject })),
              frameworks: frameworks.filter(framework => isCounted(node, { framework })),
              ...{ contentSources: [], isComplete: true },
            }]),
          );
          seen.values += read.reduce((sum, one) => sum + one.subjects.length, 0);
          await expectEveryWay(found[chosen % found.length]!, { session, caller, nodes, life, below, question });
        }
      } finally {
        await session.close();
      }
      await expectWeek(life, question.days.at(-1)!, () => seen.weeks++);
      if (!verified) return;
      const verdict = await database.transaction(tenant.number, 'read', tx => verify(tx));
      // How many active classes a node has is the business of whoever changes that, and nobody does so here.
      const differences = verdict.differences.filter(({ check }) => check !== 'trees against placements');
      expect(differences).toEqual([]);
    }),
    { numRuns: runs },
  );
  // Else the lives were too poor to show anything.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(runs / 20);
}, 60_000 + runs * 500);

interface World {
  session: Session;
  caller: Caller;
  nodes: ReturnType<typeof nodeLoaders>;
  life: CompetencyLife;
  below: Map<string, string[]>;
  question: { days: string[]; subject: string | null; framework: string | null };
}

/** The node's own rows, the cells, each stored level below and the classes: all say the same. */
async function expectEveryWay(node: Node, { session, caller, nodes, life, below, question }: World): Promise<void> {
  if (node.kind !== 'group') return;
  const { subject, framework, days: [through] } = question;
  const view = await nodes.view(node.hierarchyKey);
  const tx = await session.read();
  const { stored, levels } = await selectStoredState(tx, view.hierarchyId);
  const ways: Source[] = [
    { read: 'classes' },
    ...(stored.cells ? [{ read: 'cells' as const }] : []),
    ...(stored.levels && node.stored ? [{ read: 'own' as const }] : []),
    ...levels.slice(0, -1)
      .filter(level => stored.levels && level.stored && level.sequence > node.level)
      .map(({ sequence, type }) => ({ read: 'level' as const, sequence, type })),
  ];
  const intervals = [{ from: beginning, through: through! }];
  for (const source of ways) {
    const asked = [{ node, source }];
    const read = await selectMeasures(tx, { caller, view, asked, intervals, filter: { subject, framework } }, ofCompetencies);
    const byHand = life.counts(below.get(node.id)!, through!, question);
    expect([node.name, source, read.get(node.id)?.get(0) ?? none]).toEqual([node.name, source, byHand]);
  }
}

/** A repeated run writes what is so now, whatever an earlier one wrote. */
async function expectWeek(life: CompetencyLife, day: string, count: () => void): Promise<void> {
  const sunday = addDays(weekOf(day), 6);
  await life.week(day);
  const rows = await life.tenantTransaction(tx => selectWeeks(tx, weekOf(day)));
  const byHand = classes.flatMap(name => {
    const term = life.classTerms.get(name)!.findLast(([from]) => from <= sunday)![1];
    if (!term.active || term.grade === null) return [];
    const { completed, expected } = life.counts([name], sunday, { subject: null, framework: null });
    const students = people.filter(who => life.isThere(name, who, sunday)).length;
    return [{ class: life.tenant.classes.get(name)!, students, completed, expected }];
  });
  expect(rows).toEqual(byHand);
  if (rows.length > 0) count();
  expect(await life.week(day)).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: rows.length });
}

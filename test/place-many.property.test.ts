import fc from 'fast-check';
import { place, placeMany } from '../subgraphs/hierarchy/placements/place';
import { verify } from '../subgraphs/reporting/rollup/verify';
import type { Database, Transaction } from '../subgraphs/shared/database/database';
import { Problem, toProblem } from '../subgraphs/shared/errors';
import { publicId, readPublicId } from '../subgraphs/shared/identifiers';
import { openBothLogins, type BothLogins } from './both-logins';
import { hierarchyTypes, ModelTenant } from './model-tenant';
import { grow, manyPlacements, take, tenants, wishedFor } from './random-life';

const runs = Number(process.env.STRATA_PROPERTY_RUNS ?? 100);

let logins: BothLogins;
let owner: Database;
let database: Database;
beforeAll(async () => {
  logins = await openBothLogins();
  ({ owner, application: database } = logins);
});
afterAll(() => logins.close());

/**
 * All that follows from placements, cells by what they are known by; sums that are zero are as good as none. Whose events
 * wait to be folded may be among the learners of a cell already, or not yet.
 */
const state: Record<string, string> = {
  groups: 'select hierarchy_id, group_id, parent_id from group_placements where tenant_id = $1 order by 1, 2',
  classes: 'select hierarchy_id, class_id, parent_id from class_placements where tenant_id = $1 order by 1, 2',
  nodes: 'select * from tree_nodes where tenant_id = $1 order by hierarchy_id, group_id',
  cells: `select class_cells.class_id, cells.parents from class_cells
    join cells on cells.tenant_id = $1 and cells.id = class_cells.cell_id where class_cells.tenant_id = $1 order by 1`,
  sums: `select aggregates.hierarchy_id, cells.parents, case when cells.id is null then aggregates.owner_id end as owner,
      aggregates.grain, aggregates.context_id, aggregates.start, aggregates.score_sum, aggregates.attempts,
      aggregates.assessment_seconds, aggregates.collection_seconds
    from aggregates
    left join cells on cells.tenant_id = $1 and aggregates.hierarchy_id = 0 and cells.id = aggregates.owner_id
    where aggregates.tenant_id = $1
      and (aggregates.score_sum, aggregates.attempts, aggregates.assessment_seconds, aggregates.collection_seconds) <> (0, 0, 0, 0)
    order by 1, 2, 3, 4, 5, 6`,
  learners: `select cells.parents, cell_learners.month, cell_learners.person_id, cell_learners.scored_days, cell_learners.timed_days
    from cell_learners join cells on cells.tenant_id = $1 and cells.id = cell_learners.cell_id
    where cell_learners.tenant_id = $1 and not exists (select from fact_deltas where fact_deltas.tenant_id = $1)
    order by 1, 2, 3`,
  built: 'select hierarchy_id from stored_trees where tenant_id = $1 order by 1',
};

async function stateOf(tx: Transaction): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(state)) found[name] = await tx.query(sql, [tx.tenantId]);
  return found;
}

class Undone extends Error {
  constructor(readonly found: Record<string, unknown[]>) {
    super('undone');
  }
}

/** What something would make of the tenant, or the code with which it is refused; then it is as before. */
async function tryOut(tenant: ModelTenant, change: (tx: Transaction) => Promise<unknown>): Promise<object | string> {
  try {
    await database.transaction(tenant.tenantId, 'write', async tx => {
      await change(tx);
      throw new Undone(await stateOf(tx));
    });
  } catch (error) {
    if (error instanceof Undone) return error.found;
    if (error instanceof Problem) return error.code;
    throw error;
  }
  throw new Error('it was not undone');
}

test('many placements at once come to what the same come to one after the other, or are refused with the same code', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(tenants, manyPlacements, fc.boolean(), async ({ steps, parents, ...shape }, { hierarchy, wishes }, folded) => {
      const { grown: _, ...rest } = shape;
      const tenant = await ModelTenant.create({ owner, application: database }, { name: `many-${number++}`, ...rest });
      await grow(tenant, owner, parents);
      for (const each of steps.slice(0, 3)) await take(tenant, each);
      if (folded) await take(tenant, { do: 'fold' });
      const placings = wishes.map(each => wishedFor(tenant, { hierarchy, ...each }).placing);
      const unique = [...new Map(placings.map(placing => [placing.childId, placing])).values()];
      const before = await database.transaction(tenant.tenantId, 'read', stateOf);
      const [atOnce, oneByOne] = [
        await tryOut(tenant, tx => placeMany(tx, { hierarchyKey: hierarchy, placings: unique, alongFrom: null })),
        await tryOut(tenant, async tx => {
          for (const placing of unique) await place(tx, { hierarchyKey: hierarchy, ...placing });
        }),
      ];
      expect(atOnce).toEqual(oneByOne);
      if (unique.length < placings.length) {
        const twice = await tryOut(tenant, tx => placeMany(tx, { hierarchyKey: hierarchy, placings, alongFrom: null }));
        expect(['CONFLICT', 'BAD_USER_INPUT']).toContain(twice);
      }
      expect(await database.transaction(tenant.tenantId, 'read', stateOf)).toEqual(before);
      if (typeof atOnce === 'string') return;
      await database.transaction(tenant.tenantId, 'write', tx => placeMany(tx, { hierarchyKey: hierarchy, placings: unique, alongFrom: null }));
      expect(await database.transaction(tenant.tenantId, 'read', tx => verify(tx))).toMatchObject({ differences: [] });
    }),
    { numRuns: runs, endOnFailure: true },
  );
}, 60_000 + runs * 2_000);

/** By hand: what comes to hang where in one hierarchy when things are placed there and more comes along from another. */
function withAlong(tenant: ModelTenant, { hierarchy, source, placings }: {
  hierarchy: string;
  source: string;
  placings: { childId: string; parentId: string | null }[];
}) {
  const [groups, classes] = [tenant.groupParents[hierarchy]!, tenant.classParents[hierarchy]!];
  const after = { groups: new Map(groups), classes: new Map(classes), stayed: [] as string[], skipped: 0 };
  const named = new Set(placings.map(({ childId }) => childId));
  const level = (group: number): number => hierarchyTypes[hierarchy]!.indexOf(tenant.type(group));
  const under = (parents: Map<number, number>, group: number) => [...parents].filter(([, parent]) => parent === group).map(([child]) => child);
  const bring = (group: number, hook: number): void => {
    for (const child of under(tenant.groupParents[source]!, group)) {
      if (named.has(publicId('group', child))) continue;
      if (level(child) <= level(hook)) {
        after.skipped++;
        bring(child, hook);
      } else if (groups.has(child) && groups.get(child) !== hook) after.stayed.push(publicId('group', child));
      else {
        after.groups.set(child, hook);
        bring(child, child);
      }
    }
    for (const child of under(tenant.classParents[source]!, group)) {
      if (named.has(publicId('class', child))) continue;
      if (classes.has(child) && classes.get(child) !== hook) after.stayed.push(publicId('class', child));
      else after.classes.set(child, hook);
    }
  };
  for (const { childId, parentId } of placings) {
    const { kind, number } = readPublicId(childId)!;
    const parents = kind === 'class' ? after.classes : after.groups;
    if (parentId === null) parents.delete(number);
    else parents.set(number, readPublicId(parentId)!.number);
    if (kind === 'group' && parentId !== null) bring(number, number);
  }
  return after;
}

test('what comes along hangs where it should, with its sums; what has a place keeps it', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(tenants, manyPlacements, async ({ steps, parents, grown: _, ...shape }, { hierarchy, wishes }) => {
      const tenant = await ModelTenant.create({ owner, application: database }, { name: `along-${number++}`, ...shape });
      await grow(tenant, owner, parents);
      // Half of what has a place loses it, so that much may come along.
      const placed = [...tenant.groups.map(({ id }) => publicId('group', id)), ...tenant.classes.map(({ id }) => publicId('class', id))];
      const out = placed.filter((_id, index) => parents[index % parents.length]! % 2 === 0).map(childId => ({ childId, parentId: null }));
      await database.transaction(tenant.tenantId, 'write', tx => placeMany(tx, { hierarchyKey: hierarchy, placings: out, alongFrom: null }));
      for (const { childId } of out) {
        const { kind, number: id } = readPublicId(childId)!;
        (kind === 'class' ? tenant.classParents : tenant.groupParents)[hierarchy]!.delete(id);
      }
      for (const each of steps.slice(0, 2)) await take(tenant, each);

      const wished = wishes.map(each => wishedFor(tenant, { hierarchy, ...each })).filter(({ impossible }) => !impossible);
      const placings = [...new Map(wished.map(({ placing }) => [placing.childId, placing])).values()];
      const source = hierarchy === 'india' ? 'us' : 'india';
      const expected = withAlong(tenant, { hierarchy, source, placings });
      const outcome = await database.transaction(tenant.tenantId, 'write', tx =>
        placeMany(tx, { hierarchyKey: hierarchy, placings, alongFrom: source }),
      );
      expect([outcome.along.stayed.sort(), outcome.along.skipped]).toEqual([expected.stayed.sort(), expected.skipped]);
      for (const kind of ['group', 'class'] as const) {
        const rows = await database.transaction(tenant.tenantId, 'read', tx =>
          tx.query<{ child: number; parent: number }>(
            `select ${kind}_id as child, parent_id as parent from ${kind}_placements
             where tenant_id = $1 and hierarchy_id = (select id from hierarchies where key = $2)`,
            [tenant.tenantId, hierarchy],
          ),
        );
        const found = new Map(rows.map(({ child, parent }) => [child, parent]));
        expect(found).toEqual(kind === 'group' ? expected.groups : expected.classes);
      }
      expect(await database.transaction(tenant.tenantId, 'read', tx => verify(tx))).toMatchObject({ differences: [] });
    }),
    { numRuns: runs, endOnFailure: true },
  );
}, 60_000 + runs * 2_000);

test('administrators who place many things at the same time are served, refused, or told to try again', async () => {
  const shape = fc.sample(tenants, { numRuns: 1, seed: 7 })[0]!;
  const tenant = await ModelTenant.create(
    { owner, application: database },
    { name: 'at-once', people: 3, classes: Array<boolean>(12).fill(true), groups: [...shape.groups, 'district', 'school', 'school', 'school'] },
  );
  await grow(tenant, owner, shape.parents);
  const calls = fc.sample(manyPlacements, { numRuns: 40, seed: 11 });
  const done = { served: 0, refused: 0 };
  const work = async (mine: typeof calls): Promise<void> => {
    for (const [index, { hierarchy, wishes }] of mine.entries()) {
      const placings = wishes.map(each => wishedFor(tenant, { hierarchy, ...each }).placing);
      const other = hierarchy === 'india' ? 'us' : 'india';
      const asked = { hierarchyKey: hierarchy, placings, alongFrom: index % 2 ? other : null };
      await database.transaction(tenant.tenantId, 'write', tx => placeMany(tx, asked)).then(
        () => done.served++,
        (error: unknown) => {
          const { code } = toProblem(error).extensions;
          expect(['BAD_USER_INPUT', 'CONFLICT', 'UNAVAILABLE']).toContain(code);
          done.refused++;
        },
      );
    }
  };
  await Promise.all([0, 1, 2, 3].map(n => work(calls.slice(n * 10, n * 10 + 10))));
  expect(done.served).toBeGreaterThan(5);
  expect(await database.transaction(tenant.tenantId, 'read', tx => verify(tx))).toMatchObject({ differences: [] });
}, 60_000);

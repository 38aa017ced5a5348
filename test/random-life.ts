import fc from 'fast-check';
import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import { place, placeMany } from '../subgraphs/hierarchy/placements/place';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { buildEverything, buildHierarchy } from '../subgraphs/reporting/rollup/build';
import { foldSome } from '../subgraphs/reporting/rollup/fold';
import { sealSome } from '../subgraphs/reporting/rollup/seal';
import type { FilterValues } from '../subgraphs/reporting/rollup/filter-values';
import { noSums, type Sums } from '../subgraphs/reporting/rollup/sums';
import { Problem } from '../subgraphs/shared/errors';
import type { Database } from '../subgraphs/shared/database/database';
import type { Period } from '../subgraphs/shared/period';
import { publicId } from '../subgraphs/shared/identifiers';
import { growTrees, insertRows, selectHierarchyNumbers } from './fixture.queries';
import { groupTypes, hierarchyTypes, type ModelEvent, type ModelTenant } from './model-tenant';

/** Random lives of a tenant, step by step in the database and in the model beside it. */
export const now = new Date('2026-03-20T12:00:00Z');

/** Something to place, as far as the tenant has it. */
export interface Wish {
  hierarchy: string;
  child: number;
  parent: number;
  klass: boolean;
  out: boolean;
  /** Of the parents, one that may be. */
  sound: boolean;
}

const wish = {
  child: fc.nat(30),
  parent: fc.nat(30),
  klass: fc.boolean(),
  out: fc.integer({ min: 0, max: 5 }).map(number => number === 0),
};
const hierarchy = fc.constantFrom('india', 'us');
const mostly = (times: number) => fc.integer({ min: 0, max: times }).map(number => number > 0);

/** Many placements at once, of which one in some is none that may be. */
export const manyPlacements = fc.record({
  hierarchy,
  wishes: fc.array(fc.record({ ...wish, sound: mostly(20) }), { minLength: 2, maxLength: 8 }),
});

export type Step =
  | { do: 'fold' }
  | { do: 'seal' }
  | { do: 'build'; what: 'everything' | 'india' | 'us' }
  | ({ do: 'place' } & Wish)
  | { do: 'placeMany'; hierarchy: string; wishes: Omit<Wish, 'hierarchy'>[] }
  | { do: 'record'; event: Omit<ModelEvent, 'eventId'> & { id: number } };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ do: 'fold' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'seal' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('build' as const),
      what: fc.constantFrom('everything' as const, 'india' as const, 'us' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({
    do: fc.constant('place' as const),
    hierarchy,
    ...wish,
    sound: mostly(4),
  }) },
  { weight: 3, arbitrary: manyPlacements.map(many => ({ do: 'placeMany' as const, ...many })) },
  { weight: 3, arbitrary: fc.record({
    do: fc.constant('record' as const),
    event: fc.record({
      id: fc.nat(25),
      klass: fc.nat(30),
      person: fc.nat(30),
      day: fc.constantFrom('2026-01-31', '2026-02-01', '2026-02-28', '2026-03-01', '2026-03-15'),
      score: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
      seconds: fc.option(fc.integer({ min: 0, max: 4_000 })),
      kind: fc.constantFrom('ASSESSMENT' as const, 'COLLECTION' as const),
      subject: fc.option(fc.constantFrom('Math', 'Science')),
      contentSource: fc.option(fc.constantFrom('Books', 'Films'), { freq: 2 }),
      framework: fc.option(fc.constantFrom('core'), { freq: 1 }),
    }),
  }) },
);

/** In steps; the long tests live longer. */
const longestLife = process.env.STRATA_PROPERTY_RUNS ? 10 : 8;

/** Half of the tenants begin with a tree, activity and stored sums, so that moves have something to take along. */
export const tenants = fc.record({
  groups: fc
    .array(fc.constantFrom(...groupTypes), { minLength: 0, maxLength: 7 })
    .map(more => [...groupTypes, 'state' as const, 'district' as const, ...more]),
  classes: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
  people: fc.integer({ min: 1, max: 4 }),
  grown: fc.boolean(),
  parents: fc.array(fc.nat(30), { minLength: 20, maxLength: 20 }),
  steps: fc.array(step, { minLength: 2, maxLength: longestLife }),
});

/**
 * Hangs every group and class somewhere in both hierarchies, records for every class, and stores the sums: at once, as
 * a load does it.
 */
export async function grow(tenant: ModelTenant, owner: Database, parents: number[]): Promise<void> {
  await owner.transaction(tenant.tenantId, 'write', async tx => {
    const numbers = await selectHierarchyNumbers(tx);
    for (const [hierarchy, types] of Object.entries(hierarchyTypes)) {
      const level = (group: number) => types.indexOf(tenant.type(group));
      const hang = (children: { id: number }[], table: string, mayHang: (child: number, parent: number) => boolean) => {
        const column = `${table}_id`;
        const rows = children.flatMap(({ id }, index) => {
          const possible = tenant.groups.filter(group => level(group.id) >= 0 && mayHang(id, group.id));
          if (possible.length === 0) return [];
          const parent = pick(possible, pick(parents, table === 'group' ? index : index + 7)).id;
          (table === 'group' ? tenant.groupParents : tenant.classParents)[hierarchy]!.set(id, parent);
          return [{ hierarchy_id: numbers.get(hierarchy), [column]: id, parent_id: parent }];
        });
        return insertRows(tx, `${table}_placements`, rows);
      };
      await hang(tenant.groups, 'group', (child, parent) => level(child) > level(parent));
      await hang(tenant.classes, 'class', () => true);
      await growTrees(tx, [numbers.get(hierarchy)!]);
    }
  });
  const sent = tenant.classes.map(({ id: klass }, index): ModelEvent => ({
    ...{ eventId: `e${100 + index}`, klass, person: pick(tenant.people, index), day: '2026-02-10' },
    ...{ score: 250_000, seconds: 60, kind: 'ASSESSMENT', subject: 'Math', contentSource: null, framework: null },
  }));
  const raw = sent.map(asSent);
  const receipt = await tenant.database.transaction(tenant.tenantId, 'activity', tx => ingest(tx, raw, { now, ids: 'public' }));
  expect(receipt.accepted).toBe(sent.length);
  for (const event of sent) tenant.events.set(event.eventId, event);
  await tenant.database.transaction(tenant.tenantId, 'write', tx => buildEverything(tx));
}

const asSent = (event: ModelEvent) => ({
  eventId: event.eventId,
  classId: publicId('class', event.klass),
  userId: publicId('person', event.person),
  occurredAt: `${event.day}T10:00:00Z`,
  score: event.score === null ? null : event.score / 10_000,
  secondsSpent: event.seconds,
  kind: event.kind,
  subject: event.subject,
  contentSource: event.contentSource,
  framework: event.framework,
});

export const pick = <T>(list: readonly T[], index: number): T => list[index % list.length]!;

/** What a wish is in this tenant, and whether it may be. */
export function wishedFor(tenant: ModelTenant, { hierarchy, child, parent, klass, out, sound }: Wish) {
  const childId = klass ? pick(tenant.classes, child).id : pick(tenant.groups, child).id;
  const levels = hierarchyTypes[hierarchy]!;
  const level = (group: number) => levels.indexOf(tenant.type(group));
  const possible = tenant.groups.filter(({ id }) => level(id) >= 0 && (klass || level(id) < level(childId)));
  const parentGroup = pick(sound && possible.length > 0 ? possible : tenant.groups, parent).id;
  const impossible =
    !out &&
    (level(parentGroup) < 0 ||
      (!klass && (level(childId) <= level(parentGroup) || tenant.hangsBelow(hierarchy, parentGroup, childId))));
  const placing = { childId: publicId(klass ? 'class' : 'group', childId), parentId: out ? null : publicId('group', parentGroup) };
  const fulfil = (): void => {
    const parents = (klass ? tenant.classParents : tenant.groupParents)[hierarchy]!;
    if (out) parents.delete(childId);
    else parents.set(childId, parentGroup);
  };
  return { placing, impossible, fulfil };
}

/** Places something, in the database and in the model; where one refuses, so must the other. */
async function tryToPlace(tenant: ModelTenant, wish: Wish): Promise<void> {
  const { placing, impossible, fulfil } = wishedFor(tenant, wish);
  const outcome = await tenant.database
    .transaction(tenant.tenantId, 'write', tx => place(tx, { hierarchyKey: wish.hierarchy, ...placing }))
    .catch((error: unknown) => error);
  if (impossible) {
    expect(outcome).toBeInstanceOf(Problem);
    return;
  }
  expect(outcome).toBeUndefined();
  fulfil();
}

async function tryToPlaceMany(tenant: ModelTenant, { hierarchy, wishes }: Step & { do: 'placeMany' }): Promise<void> {
  const wished = wishes.map(each => wishedFor(tenant, { hierarchy, ...each }));
  const placings = wished.map(({ placing }) => placing);
  const twice = new Set(placings.map(({ childId }) => childId)).size < placings.length;
  const outcome = await tenant.database
    .transaction(tenant.tenantId, 'write', tx => placeMany(tx, { hierarchyKey: hierarchy, placings, alongFrom: null }))
    .catch((error: unknown) => error);
  if (twice || wished.some(({ impossible }) => impossible)) {
    expect(outcome).toBeInstanceOf(Problem);
    return;
  }
  expect(outcome).not.toBeInstanceOf(Error);
  for (const { fulfil } of wished) fulfil();
}

async function record(tenant: ModelTenant, { event: { id, ...event } }: Step & { do: 'record' }): Promise<void> {
  const sent: ModelEvent = {
    ...event,
    eventId: `e${id}`,
    klass: pick(tenant.classes, event.klass).id,
    person: pick(tenant.people, event.person),
  };
  const receipt = await tenant.database.transaction(tenant.tenantId, 'activity', tx =>
    ingest(tx, [asSent(sent)], { now, ids: 'public' }),
  );
  const known = tenant.events.get(sent.eventId);
  const same = known !== undefined && JSON.stringify(known) === JSON.stringify(sent);
  expect(receipt).toMatchObject({ accepted: known ? 0 : 1, duplicates: same ? 1 : 0 });
  expect(receipt.rejected.map(({ code }) => code)).toEqual(known && !same ? ['CONFLICT'] : []);
  if (!known) tenant.events.set(sent.eventId, sent);
}

/** A step in the life of a tenant, in the database and in the model. */
export async function take(tenant: ModelTenant, each: Step): Promise<void> {
  if (each.do === 'place') return tryToPlace(tenant, each);
  if (each.do === 'placeMany') return tryToPlaceMany(tenant, each);
  if (each.do === 'record') return record(tenant, each);
  await tenant.database.transaction(tenant.tenantId, 'write', async tx => {
    if (each.do === 'fold') await foldSome(tx);
    else if (each.do === 'seal') await sealSome(tx, { now, most: 6 });
    else if (each.what === 'everything') await buildEverything(tx);
    else {
      const [hierarchy] = await selectHierarchiesByKey(tx, [each.what]);
      await buildHierarchy(tx, hierarchy!.id);
    }
  });
}

interface Wanted extends Period {
  subject?: string;
  contentSource?: string;
  framework?: string;
}

/** What the model says of the events of some classes. */
export function expected(tenant: ModelTenant, classes: Set<number>, { from, through, ...filter }: Wanted) {
  const sums: Sums = { ...noSums };
  const scored = new Set<number>();
  const timed = new Set<number>();
  for (const event of tenant.events.values()) {
    if (!classes.has(event.klass) || event.day < from || event.day > through) continue;
    if (Object.entries(filter).some(([name, value]) => event[name as keyof typeof filter] !== value)) continue;
    if (event.score !== null) {
      sums.scoreSum += event.score;
      sums.attempts++;
      scored.add(event.person);
    }
    if (event.kind === 'COLLECTION') sums.collectionSeconds += event.seconds ?? 0;
    else sums.assessmentSeconds += event.seconds ?? 0;
    if (event.seconds) timed.add(event.person);
  }
  return { sums, learners: { scored: scored.size, timed: timed.size } };
}

/** What the model says these can be filtered by: each value by which alone something is left. */
export function expectedValues(tenant: ModelTenant, classes: Set<number>, period: Period): FilterValues {
  const leftBy = (name: 'subject' | 'contentSource' | 'framework'): string[] => {
    const values = [...new Set([...tenant.events.values()].map(event => event[name]))].filter(value => value !== null);
    return values
      .filter(value => {
        const { attempts, collectionSeconds, assessmentSeconds } = expected(tenant, classes, { ...period, [name]: value }).sums;
        return attempts + collectionSeconds + assessmentSeconds > 0;
      })
      .sort();
  };
  return { subjects: leftBy('subject'), contentSources: leftBy('contentSource'), frameworks: leftBy('framework'), isComplete: true };
}

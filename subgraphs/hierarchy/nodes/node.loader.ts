import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import type { Session } from '../../shared/database/session';
import { forbidden } from '../../shared/errors';
import { publicId } from '../../shared/identifiers';
import { groupBy } from '../../shared/group-by';
import { Loader } from '../../shared/loader';
import { chooseHierarchy } from '../hierarchies/choose';
import { selectHierarchiesByKey, type HierarchyRow } from '../hierarchies/hierarchy.queries';
import { parentKey } from './children';
import { locate, type Looking } from './locate';
import {
  selectChildren,
  selectNumberByExternalId,
  type ChildrenPage,
  type Found,
  type Node,
  type PageBounds,
  type ParentKey,
} from './node.queries';
import { selectView, type View } from './view.queries';

export interface NodeKey {
  id: string;
  hierarchyKey: string;
}

export interface ChildrenKey {
  node: Node;
  bounds: PageBounds;
}

/** What a caller's hierarchy is depends on what the token selects, and on the tenant. */
async function chooseRemembered(tx: Transaction, caller: Caller, key: string | null | undefined): Promise<HierarchyRow> {
  const name = `hierarchy ${JSON.stringify(key ?? caller.selectedHierarchy ?? null)}`;
  return tx.memory.recall<HierarchyRow>(name) ?? tx.memory.remember(name, await chooseHierarchy(tx, caller, key));
}

/** One set per operation: what it remembers must not outlive the caller's grants. */
export function nodeLoaders({ caller, session }: { caller: Caller; session: Session }) {
  const hierarchies = new Map<string, Promise<HierarchyRow>>();
  const hierarchy = (key?: string | null): Promise<HierarchyRow> => {
    const name = key ?? '';
    let chosen = hierarchies.get(name);
    if (!chosen) {
      chosen = session.read().then(tx => chooseRemembered(tx, caller, key));
      hierarchies.set(name, chosen);
      // Whoever asked for the default will go on with its name.
      void chosen.then(found => hierarchies.set(found.key, chosen!), () => undefined);
    }
    return chosen;
  };

  const views = new Map<string, Promise<View>>();
  const view = async (key?: string | null): Promise<View> => {
    const chosen = await hierarchy(key);
    let known = views.get(chosen.key);
    if (!known) views.set(chosen.key, (known = session.read().then(tx => selectView(tx, caller, chosen))));
    return known;
  };

  /** Visible or not; null where there is no such node. */
  const found = new Loader<NodeKey, Found | null, string>(
    'nodes',
    async keys => {
      const located = new Map<string, Map<string, Found> | Error>();
      for (const hierarchyKey of new Set(keys.map(key => key.hierarchyKey))) {
        const ids = keys.filter(key => key.hierarchyKey === hierarchyKey).map(key => key.id);
        try {
          const looking = { tx: await session.read(), caller, view: await view(hierarchyKey) };
          located.set(hierarchyKey, await locateRemembered(looking, ids));
        } catch (error) {
          located.set(hierarchyKey, error as Error);
        }
      }
      return keys.map(key => {
        const there = located.get(key.hierarchyKey)!;
        return there instanceof Error ? there : (there.get(key.id) ?? null);
      });
    },
    { cacheKeyFn: key => `${key.hierarchyKey}\n${key.id}` },
  );

  /** The node, null where there is none; refused where the caller may not see it. */
  const node = async (key: NodeKey): Promise<Node | null> => {
    const there = await found.load(key);
    if (there && !there.visible) throw forbidden('You may not see this node: not all of its classes are granted to you.');
    return there?.node ?? null;
  };

  const children = new Loader<ChildrenKey, ChildrenPage, string>(
    'children',
    async keys => {
      const pages = new Map<string, ChildrenPage>();
      for (const group of groupBy(keys, key => `${key.node.hierarchyKey}\n${JSON.stringify(key.bounds)}`).values()) {
        const { node: one, bounds } = group[0]!;
        const parents = group.map(key => parentKey(key.node)).filter(parent => parent !== null);
        const asking = { view: await view(one.hierarchyKey), parents, bounds };
        const page = await childrenRemembered(await session.read(), asking);
        for (const key of group) {
          const parent = parentKey(key.node);
          const none = { parent: 'other' as const, nodes: [], totalCount: 0, hasMore: false };
          pages.set(childrenCacheKey(key), parent === null ? none : page.get(parent)!);
        }
      }
      return keys.map(key => pages.get(childrenCacheKey(key))!);
    },
    { cacheKeyFn: childrenCacheKey },
  );

  /** The node of something that was just placed or taken out, in a hierarchy that may be empty by now. */
  const nodeAfterChange = async (key: NodeKey): Promise<Node | null> => {
    const [changed] = await selectHierarchiesByKey(await session.read(), [key.hierarchyKey]);
    if (!changed) return null;
    hierarchies.set(changed.key, Promise.resolve(changed));
    return node(key);
  };

  /** Where the caller's view through a hierarchy begins, in order. */
  const topmost = async (key: string): Promise<Node[]> => {
    const seen = await view(key);
    const parent = seen.everything ? 'roots' : 'topmost';
    const pages = await selectChildren(await session.read(), {
      view: seen,
      parents: [parent],
      bounds: { first: null, after: null },
    });
    return pages.get(parent)!.nodes;
  };

  const byExternalId = async (type: string, externalId: string): Promise<string | null> => {
    const known = await selectNumberByExternalId(await session.read(), type, externalId);
    return known && publicId(known.kind, known.number);
  };

  return { hierarchy, view, found, node, children, nodeAfterChange, topmost, byExternalId };
}

export type NodeLoaders = ReturnType<typeof nodeLoaders>;

/** Only what is there is remembered: ids that are none would fill the memory with nothing. */
async function locateRemembered({ tx, caller, view }: Looking, ids: readonly string[]): Promise<Map<string, Found>> {
  const name = (id: string): string => `node ${view.key} ${id}`;
  const located = new Map<string, Found>();
  const unknown: string[] = [];
  for (const id of ids) {
    const known = tx.memory.recall<Found>(name(id));
    if (known) located.set(id, known);
    else unknown.push(id);
  }
  if (unknown.length === 0) return located;
  for (const [id, found] of await locate({ tx, caller, view }, unknown)) located.set(id, tx.memory.remember(name(id), found));
  return located;
}

async function childrenRemembered(
  tx: Transaction,
  { view, parents, bounds }: { view: View; parents: ParentKey[]; bounds: PageBounds },
): Promise<Map<ParentKey, ChildrenPage>> {
  const name = (parent: ParentKey): string => `children ${view.key} ${parent} ${JSON.stringify(bounds)}`;
  const pages = new Map<ParentKey, ChildrenPage>();
  const unknown: ParentKey[] = [];
  for (const parent of parents) {
    const known = tx.memory.recall<ChildrenPage>(name(parent));
    if (known) pages.set(parent, known);
    else unknown.push(parent);
  }
  if (unknown.length === 0) return pages;
  for (const [parent, page] of await selectChildren(tx, { view, parents: unknown, bounds })) {
    pages.set(parent, tx.memory.remember(name(parent), page, page.nodes.length));
  }
  return pages;
}

const childrenCacheKey = (key: ChildrenKey): string =>
  `${key.node.hierarchyKey}\n${key.node.id}\n${JSON.stringify(key.bounds)}`;

import { countNodesBelow, eachNodeBelow, hasOther, selectLevels, type Node, type NodeBelow } from '../../../hierarchy/published';
import { figureCells, figureCharts, figureColumns, nodeCells, nodeColumns, periodCells, periodColumns } from './columns';
import { otherOf, type SheetParts } from './node-report';
import { figuresOf, type Reading } from './reading';
import { text, type SheetRow } from './sheet';

/** Nodes that are read and written together. */
const nodesAtOnce = 1_000;

/** Every node below the node, level by level, each with the names of the nodes above it. */
export async function levelsSheet(reading: Reading): Promise<SheetParts> {
  const { tx, view, node, loaders } = reading;
  const { levels } = await loaders.storedState(view.hierarchyId);
  const names = await levelNames(reading);
  const below = await countNodesBelow(tx, { view, node });
  const other = hasOther(node) ? await otherOf(reading) : null;
  return {
    columns: [
      ...nodeColumns,
      { ...text('path', { title: 'Below', room: 3 }), onlyPrinted: true },
      ...names.map(name => text(name)),
      ...figureColumns,
      ...periodColumns,
    ],
    charts: figureCharts('name'),
    total: 1 + below + (other ? 1 : 0),
    pages: pagesOf(reading, { other, sequences: levels.map(({ sequence }) => sequence) }),
  };
}

/** A column for each level of groups, by the name that the hierarchy gives it; never one twice. */
async function levelNames({ tx, view }: Reading): Promise<string[]> {
  const taken = new Set([...nodeColumns, ...figureColumns, ...periodColumns].map(({ key }) => key));
  const levels = await selectLevels(tx, [view.hierarchyId]);
  return levels.map(({ name }) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} ${n}`;
    taken.add(free);
    return free;
  });
}

interface Named {
  name: string;
  level: number;
}

async function* pagesOf(
  reading: Reading,
  { other, sequences }: { other: Node | null; sequences: number[] },
): AsyncGenerator<SheetRow[]> {
  const { tx, view, node, ancestors, shows } = reading;
  // Groups come before what is below them, so that the names of a row's path are known.
  const names = new Map<number, Named>();
  const learn = (of: Node): void => {
    if (of.kind !== 'group') return;
    shows(of.number);
    names.set(of.number, { name: of.name, level: of.level });
  };
  ancestors.forEach(learn);
  let first: number | undefined;

  const rowsOf = async (nodes: readonly Node[], charted: (of: Node) => boolean): Promise<SheetRow[]> => {
    const figures = await figuresOf(reading, nodes);
    return nodes.map(of => {
      learn(of);
      const above = of.path.flatMap(number => names.get(number) ?? []);
      const path = above.filter(({ level }) => level < of.level).map(({ name }) => name).join(' › ');
      const levels = sequences.map(sequence => above.find(({ level }) => level === sequence)?.name ?? null);
      const cells = [...nodeCells(of), path, ...levels, ...figureCells(figures.get(of.id)!), ...periodCells(reading)];
      return { cells, charted: charted(of) };
    });
  };

  yield rowsOf([node], () => false);
  let otherIsDue = other !== null;
  for await (const page of eachNodeBelow(tx, { view, node, atOnce: nodesAtOnce })) {
    // The chart has the first level that there is below the node.
    first ??= page[0]!.node.level;
    const of = (some: NodeBelow[]): Promise<SheetRow[]> =>
      rowsOf(some.map(below => below.node), below => below.level === first);
    const connected = page.filter(({ uncategorised }) => !uncategorised);
    if (connected.length > 0) yield of(connected);
    if (connected.length === page.length) continue;
    if (otherIsDue) yield rowsOf([other!], () => false);
    otherIsDue = false;
    yield of(page.slice(connected.length));
  }
  if (otherIsDue) yield rowsOf([other!], () => false);
}

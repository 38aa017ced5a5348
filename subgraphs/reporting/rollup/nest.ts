/** A part of a tree's order: both ends included. */
export interface Range {
  id: string;
  pre: number;
  post: number;
}

/** Nodes of a tree, some of them within others. */
export interface Nest {
  /** What of each node is in no other one: together every place once, so that nothing is read twice. */
  parts: Range[];
  /** Each node that is within another one, innermost first, with the nearest one around it. */
  within: [inner: string, outer: string][];
}

export function nestOf(nodes: readonly Range[]): Nest {
  const nest: Nest = { parts: [], within: [] };
  /** The nodes around the place that was reached, and from where on nothing of them is given away yet. */
  const around: (Range & { next: number })[] = [];
  const leave = (before: number): void => {
    for (let inner = around.at(-1); inner && inner.post < before; inner = around.at(-1)) {
      around.pop();
      if (inner.next <= inner.post) nest.parts.push({ id: inner.id, pre: inner.next, post: inner.post });
      const outer = around.at(-1);
      if (!outer) continue;
      nest.within.push([inner.id, outer.id]);
      outer.next = inner.post + 1;
    }
  };
  for (const node of [...nodes].sort((a, b) => a.pre - b.pre || b.post - a.post)) {
    leave(node.pre);
    const outer = around.at(-1);
    if (outer && outer.next < node.pre) nest.parts.push({ id: outer.id, pre: outer.next, post: node.pre - 1 });
    around.push({ ...node, next: node.pre });
  }
  leave(Infinity);
  return nest;
}

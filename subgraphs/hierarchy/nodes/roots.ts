import type { GraphQLResolveInfo } from 'graphql';
import { refuseTooManyBelow } from '../../shared/limits/query-rows';
import type { HierarchyContext } from '../context';
import { shown } from './node.resolver';
import type { HierarchyNode } from './node.type';

/** The topmost nodes of the caller's view, however many: what is asked below each is counted with all of them. */
export async function rootsOf(key: string, { loaders, mostRows }: HierarchyContext, info: GraphQLResolveInfo): Promise<HierarchyNode[]> {
  const roots = await loaders.topmost(key);
  refuseTooManyBelow(info, roots.length, mostRows);
  return roots.map(shown);
}

import type { Rule } from './judging';
import { rulesOfChanges } from './rules-of-changes';
import { rulesOfFigures } from './rules-of-figures';
import { rulesOfNodes } from './rules-of-nodes';

/** Every field that says something of a tenant, and what it must be. A new field has its line in one of them, or a test fails. */
export const rules: Record<string, Rule> = { ...rulesOfNodes, ...rulesOfFigures, ...rulesOfChanges };

/** Fields that carry nothing of any tenant. */
export const carryNothing: Record<string, string> = {
  '_Service.sdl': "the subgraph's schema",
  'HierarchyLevel.sequence': 'of a hierarchy, which all tenants share',
  'HierarchyLevel.stored': 'of a hierarchy, which all tenants share',
  'Provenance.source': 'where a figure was read; the figure itself is judged',
  'Provenance.storedLevel': 'the name of a level',
  'Provenance.freshness': 'how old the moment of the request is',
};

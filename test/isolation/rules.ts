import type { Rule } from './judging';
import { rulesOfAnalytics } from './rules-of-analytics';
import { rulesOfChanges } from './rules-of-changes';
import { rulesOfExports } from './rules-of-exports';
import { rulesOfFigures } from './rules-of-figures';
import { rulesOfNodes } from './rules-of-nodes';
import { rulesOfCompetencies } from './rules-of-competencies';
import { rulesOfLogs } from './rules-of-logs';
import { rulesOfLookups } from './rules-of-lookups';
import { rulesOfRosterChanges } from './rules-of-roster-changes';
import { rulesOfRosters } from './rules-of-rosters';
import { rulesOfStudentGroups } from './rules-of-student-groups';

/** Every field that says something of a tenant, and what it must be. A new field has its line in one of them, or a test fails. */
export const rules: Record<string, Rule> = {
  ...{ ...rulesOfNodes, ...rulesOfFigures, ...rulesOfCompetencies, ...rulesOfAnalytics },
  ...{ ...rulesOfRosters, ...rulesOfStudentGroups, ...rulesOfLogs, ...rulesOfLookups },
  ...{ ...rulesOfChanges, ...rulesOfRosterChanges, ...rulesOfExports },
};

/** Fields that carry nothing of any tenant. */
export const carryNothing: Record<string, string> = {
  '_Service.sdl': "the subgraph's schema",
  'HierarchyLevel.sequence': 'of a hierarchy, which all tenants share',
  'HierarchyLevel.stored': 'of a hierarchy, which all tenants share',
  'BuildProgress.step': "what is being made: 'cells', or a hierarchy's id",
  'BuildProgress.done': 'how many steps are done',
  'BuildProgress.steps': 'how many steps there are',
  'BuildProgress.startedAt': 'a moment; nothing is being built here',
  'RelationshipProblem.kind': 'what is damaged; the database lets no damage in',
  'RelationshipProblem.table': 'where it is',
  'RelationshipProblem.count': 'how many rows',
  'RelationshipProblem.remaining': 'how many rows',
  'ExportProgress.done': 'rows that are made; how many are in the file is judged with it',
  'ExportProgress.total': 'the same',
  'ExportProgress.share': 'the same',
  'Export.bytes': 'the length of the file, which is judged',
  'Export.rows': 'the same',
  'Provenance.source': 'where a figure was read; the figure itself is judged',
  'Provenance.storedLevel': 'the name of a level',
  'Provenance.freshness': 'how old the moment of the request is',
};

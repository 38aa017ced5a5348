import { TenantsAndPeople1761000000001 } from './1-tenants-and-people';
import { Hierarchies1761000000002 } from './2-hierarchies';
import { GroupsAndTrees1761000000003 } from './3-groups-and-trees';
import { Roster1761000000004 } from './4-roster';
import { Competencies1761000000005 } from './5-competencies';
import { ActivityAndFacts1761000000006 } from './6-activity-and-facts';
import { StoredAggregates1761000000007 } from './7-stored-aggregates';
import { Versions1761000000008 } from './8-versions';
import { BuildProgress1761000000009 } from './9-build-progress';
import { CompetencyCounts1761000000010 } from './10-competency-counts';
import { RosterLogAndTestSeries1761000000012 } from './12-roster-log-and-test-series';
import { StudentGroups1761000000013 } from './13-student-groups';
import { OneRoster1761000000015 } from './15-oneroster';
import { AuditLog1761000000016 } from './16-audit-log';
import { FactsWithoutRowChecks1761000000017 } from './17-facts-without-row-checks';
import { Exports1761000000018 } from './18-exports';
import { RiskSettings1761000000019 } from './19-risk-settings';
import { OrganisationFigures1761000000020 } from './20-organisation-figures';
import { Retention1761000000021 } from './21-retention';
import { Erasures1761000000022 } from './22-erasures';
import { Heartbeat1761000000023 } from './23-heartbeat';
import { SumsByBucket1761000000024 } from './24-sums-by-bucket';
import { EventKeys1761000000025 } from './25-event-keys';
import { CountedSoon1761000000026 } from './26-counted-soon';
import { MembersWithoutRowChecks1761000000027 } from './27-members-without-row-checks';
import { LoginKeys1761000000028 } from './28-login-keys';
import { HierarchiesThatGo1761000000029 } from './29-hierarchies-that-go';

/** Every step, in order. A step that has been released is never changed again: add one. */
export const migrations = [
  TenantsAndPeople1761000000001,
  Hierarchies1761000000002,
  GroupsAndTrees1761000000003,
  Roster1761000000004,
  Competencies1761000000005,
  ActivityAndFacts1761000000006,
  StoredAggregates1761000000007,
  Versions1761000000008,
  BuildProgress1761000000009,
  CompetencyCounts1761000000010,
  RosterLogAndTestSeries1761000000012,
  StudentGroups1761000000013,
  OneRoster1761000000015,
  AuditLog1761000000016,
  FactsWithoutRowChecks1761000000017,
  Exports1761000000018,
  RiskSettings1761000000019,
  OrganisationFigures1761000000020,
  Retention1761000000021,
  Erasures1761000000022,
  Heartbeat1761000000023,
  SumsByBucket1761000000024,
  EventKeys1761000000025,
  CountedSoon1761000000026,
  MembersWithoutRowChecks1761000000027,
  LoginKeys1761000000028,
  HierarchiesThatGo1761000000029,
];

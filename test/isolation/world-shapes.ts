import type { RoleName } from '../../subgraphs/shared/access/roles';

export interface Thing {
  /** The customer's identifier. */
  externalId: string;
  name: string;
  code: string;
  /** Ours and the graph's, once it stands in the database. */
  number: number;
  id: string;
}
export interface WorldGroup extends Thing {
  kind: 'group';
  type: string;
}
export interface WorldClass extends Thing {
  kind: 'class';
  grade: string | null;
  subject: string | null;
  active: boolean;
  /** What the roster says, whatever it hangs under. */
  school: WorldGroup | null;
}
export type Placed = WorldGroup | WorldClass;

export interface WorldPerson {
  /** What the person is for: admin, officer … */
  part: string;
  externalId: string;
  login: string;
  givenName: string;
  familyName: string;
  roles: RoleName[];
  grants: WorldGroup[];
  deleted: boolean;
  number: number;
  id: string;
}
export interface WorldEnrolment {
  klass: WorldClass;
  person: WorldPerson;
  type: 'STUDENT' | 'TEACHER';
  enrolledAt: string;
  endedAt: string | null;
}
export interface WorldCompetency {
  id: string;
  code: string;
  framework: string;
  grade: string;
  subject: string;
}
export interface WorldStatus {
  person: WorldPerson;
  competency: WorldCompetency;
  day: string;
  /** 0 not started, 1 in progress, 2 inferred, 3 completed. */
  status: number;
}
export interface WorldEvent {
  eventId: string;
  klass: WorldClass;
  person: WorldPerson;
  occurredAt: string;
  /** Percent. */
  score: number | null;
  seconds: number | null;
  kind: 'ASSESSMENT' | 'COLLECTION';
  subject: string | null;
  contentSource: string | null;
}

export interface WorldSeries {
  id: string;
  name: string;
  classes: WorldClass[];
}
export interface WorldStudentGroup {
  id: string;
  name: string;
  schoolYear: number;
  subject: string | null;
  school: WorldGroup;
  students: WorldPerson[];
  /** Logins as a file spelt them. */
  users: string[];
  deleted: boolean;
}
/** A line of the log of changes. */
export interface WorldLogLine {
  action: string;
  klass: WorldClass;
  user: WorldPerson;
  student: WorldPerson | null;
  /** Of the platform, where a super admin did it. */
  performer: WorldPerson;
  metadata: { reason: string } | null;
  createdAt: string;
}
/** A row of the audit log that nothing adds to while the world is attacked. */
export interface WorldDeed {
  action: string;
  person: WorldPerson | null;
  byPlatform: boolean;
  resourceId: string | null;
  details: { word: string };
  address: string;
  agent: string;
  at: string;
}
/** A student group file as it was sent, and waits. */
export interface WorldImport {
  content: string;
  sender: WorldPerson;
  /** What it was answered with. */
  shown: { id: number; batch: string | null; contentType: string; digest: string; creator: string };
}
/** A report file: of its requester's whole view, as a node report. */
export interface WorldExport {
  id: string;
  requester: WorldPerson;
  /** Who that is among those that have a part in the world. */
  part: string;
  fileName: string;
  nodeId: string;
}

export interface WorldRoster {
  series: WorldSeries[];
  studentGroups: WorldStudentGroup[];
  log: WorldLogLine[];
  deeds: WorldDeed[];
  imports: WorldImport[];
  exports: WorldExport[];
  /** What the tenant has said an org of a type becomes. */
  orgTypes: Record<string, string | null>;
}

export interface WorldTenant extends WorldRoster {
  /** The customer's identifier, as tokens carry it. */
  key: string;
  name: string;
  number: number;
  id: string;
  ownHierarchy: string;
  timeZone: string;
  /** Whether sums are stored, or added up when read. */
  stored: boolean;
  groups: WorldGroup[];
  classes: WorldClass[];
  people: WorldPerson[];
  /** By hierarchy: what is placed, and under what; null for a root. */
  parents: Record<string, Map<Placed, WorldGroup | null>>;
  enrolments: WorldEnrolment[];
  competencies: WorldCompetency[];
  statuses: WorldStatus[];
  events: WorldEvent[];
}

export interface World {
  seed: number;
  /** The first is the platform, where super admins live. */
  tenants: WorldTenant[];
}

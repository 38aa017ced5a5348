import { nodeLoaders } from '../hierarchy/published';
import type { Caller } from '../shared/access/caller';
import type { Session } from '../shared/database/session';
import type { SubgraphContext } from '../shared/subgraph/context';
import { auditLogLoader } from './audit/audit-log.loader';
import { activityLogLoaders } from './activity-log/activity-log.loader';
import { classLoaders } from './classes/class.loader';
import { enrolmentsLoader } from './enrolments/enrolment.loader';
import { studentCountLoader } from './enrolments/student-count.loader';
import { peopleLoader } from './people/find-people.loader';
import { orgTypesLoader } from './import/oneroster/org-types/org-types.loader';
import { studentLoaders } from './people/student.loader';
import { studentGroupLoaders } from './student-groups/student-group.loader';
import { testSeriesLoaders } from './test-series/test-series.loader';

export function createLoaders(parts: { caller: Caller; session: Session; now: Date }) {
  const nodes = nodeLoaders(parts);
  const classes = classLoaders({ ...parts, nodes });
  return {
    nodes,
    people: peopleLoader(parts),
    studentCount: studentCountLoader({ ...parts, nodes }),
    ...classes,
    enrolments: enrolmentsLoader(parts),
    auditLog: auditLogLoader(parts),
    ...testSeriesLoaders(parts),
    ...studentLoaders({ ...parts, classByNumber: classes.classByNumber }),
    ...orgTypesLoader(parts),
    ...studentGroupLoaders(parts),
    ...activityLogLoaders({ ...parts, nodes, classById: classes.classById }),
  };
}

export type RosterContext = SubgraphContext<ReturnType<typeof createLoaders>>;

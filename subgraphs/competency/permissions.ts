import { withItsParent, type Permissions } from '../shared/access/protect';
import { anyone, reportReader } from '../shared/access/rules';

/** Every type and field is closed until it has a line here. */
export const permissions: Permissions = {
  Query: {
    _entities: anyone,
    _service: anyone,
  },
  // A node is reached by reference alone, where the loader refuses it one by one.
  HierarchyNode: {
    '*': withItsParent,
    ...{ competencyCounts: reportReader, competencyTrend: reportReader, completion: reportReader },
  },
  CompetencyCounts: withItsParent,
  CompetencyPoint: withItsParent,
  Completion: withItsParent,
  Provenance: withItsParent,
  _Service: withItsParent,
};

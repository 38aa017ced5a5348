import { withItsParent, type Permissions } from '../shared/access/protect';
import { anyone, reportReader } from '../shared/access/rules';

/** Every type and field is closed until it has a line here. */
export const permissions: Permissions = {
  Query: {
    studentCompetencies: anyone, // one's own; whose else, the loader asks
    classCompetencies: reportReader, // of which classes, the loader asks
    _entities: anyone,
    _service: anyone,
  },
  // A node is reached by reference alone, where the loader refuses it one by one.
  HierarchyNode: {
    '*': withItsParent,
    ...{ competencyCounts: reportReader, competencyTrend: reportReader, completion: reportReader },
    competencyFilterValues: reportReader,
  },
  CompetencyCounts: withItsParent,
  CompetencyPoint: withItsParent,
  CompetencyFilterValues: withItsParent,
  Completion: withItsParent,
  StudentCompetencyConnection: withItsParent,
  StudentCounts: withItsParent,
  StudentCompetency: withItsParent,
  CompetencyDay: withItsParent,
  CompetencyMatrix: withItsParent,
  CompetencyConnection: withItsParent,
  Competency: withItsParent,
  CompetencyRowConnection: withItsParent,
  CompetencyRow: withItsParent,
  PageInfo: withItsParent,
  Provenance: withItsParent,
  _Service: withItsParent,
};

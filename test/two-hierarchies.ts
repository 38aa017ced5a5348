import type { TenantFixture } from './fixture';

/**
 * A small tenant with two hierarchies over the same classes, the first its own. Each leaves others uncategorised:
 *
 *     india  land ─ north ─ east ─ a ─ a1, a2      sap  land ─ a ─ a1, a2, loose
 *                 │              └ e1                        └ b ─ b1
 *                 └ south ─ b ─ b1
 *                         └ s1, closed (inactive)
 *     other  loose; adrift, in a district             e1, s1, closed, adrift
 *            that hangs nowhere
 */
export const twoHierarchies = (key: string): TenantFixture => ({
  key,
  groups: {
    ...{ land: 'country', north: 'state', south: 'state', east: 'district', nowhere: 'district' },
    ...{ a: 'school', b: 'school' },
  },
  classes: {
    a1: { grade: '5', subject: 'Maths' },
    a2: { grade: '5' },
    e1: {},
    b1: { grade: '6', subject: 'Maths' },
    s1: { grade: '6' },
    closed: { grade: '5', active: false },
    loose: { grade: '5', subject: 'Arts' },
    adrift: { grade: '6' },
  },
  placements: {
    india: {
      ...{ land: null, north: 'land', south: 'land', east: 'north', a: 'east', b: 'south' },
      ...{ a1: 'a', a2: 'a', e1: 'east', b1: 'b', s1: 'south', closed: 'south', adrift: 'nowhere' },
    },
    sap: { a: 'land', b: 'land', a1: 'a', a2: 'a', b1: 'b', loose: 'a' },
  },
  people: {
    ...{ admin: ['ORG_ADMIN'], northerner: ['OFFICER'], stranger: ['OFFICER'], partner: ['PARTNER'] },
    ...{ teacher: ['TEACHER'], learner: ['LEARNER'] },
    ...{ ann: ['LEARNER'], ben: ['LEARNER'], cem: ['LEARNER'], dia: ['LEARNER'] },
  },
  grants: { northerner: ['north'], partner: ['b'] },
});

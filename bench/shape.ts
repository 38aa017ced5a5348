/** A group of the tenant under its number, and what it hangs under in each of the two hierarchies. */
export interface Group {
  id: number;
  type: string;
  name: string;
  /** null: a root; missing: no part of the hierarchy. */
  india?: number | null;
  zones?: number | null;
}

export interface Shape {
  groups: Group[];
  /** The schools' numbers are consecutive; class n, from 1, belongs to school (n - 1) modulo their number. */
  firstSchool: number;
  schools: number;
}

export const country = 1;
const states = 36;
const districts = 700;
/** As many children as a page has; and as many schools as a large district has. */
const districtsOfFirstState = 50;
const schoolsOfFirstDistrict = 214;
const classesOfSchool = 8;

export const firstState = country + 1;
export const firstDistrict = firstState + states;
const firstZone = firstDistrict + districts;
const firstSchoolDistrict = firstZone + states;
const firstBlock = firstSchoolDistrict + districts;

/** Numbers in names sort as they count. */
const numbered = (word: string, number: number): string => `${word} ${String(number).padStart(6, '0')}`;

/**
 * A tenant like a country's ministry: 36 states, 700 districts, in each as many blocks and clusters as its schools
 * fill. The levels above the schools are of one size whatever the number of classes, and so are the first state and the
 * first district: what is read there differs by the size of the tables alone. A second hierarchy arranges the same
 * schools in 700 other districts and 36 zones.
 */
export function shapeOf(classes: number): Shape {
  const groups: Group[] = [{ id: country, type: 'country', name: 'Country', india: null, zones: null }];
  for (let state = 0; state < states; state++) {
    groups.push({ id: firstState + state, type: 'state', name: numbered('State', state + 1), india: country });
    groups.push({ id: firstZone + state, type: 'state', name: numbered('Zone', state + 1), zones: country });
  }
  for (let district = 0; district < districts; district++) {
    const state = district < districtsOfFirstState ? 0 : 1 + (district % (states - 1));
    groups.push({
      id: firstDistrict + district,
      type: 'district',
      name: numbered('District', district + 1),
      india: firstState + state,
    });
    groups.push({
      id: firstSchoolDistrict + district,
      type: 'school_district',
      name: numbered('School district', district + 1),
      zones: firstZone + (district % states),
    });
  }

  const schools = Math.ceil(classes / classesOfSchool);
  const inFirst = Math.min(schoolsOfFirstDistrict, Math.floor(schools / 3));
  const others = schools - inFirst;
  let next = firstBlock;
  const clusterOfSchool: number[] = [];
  for (let district = 0; district < districts; district++) {
    const share = (upTo: number): number => Math.floor((others * upTo) / (districts - 1));
    const own = district === 0 ? inFirst : share(district) - share(district - 1);
    const clusters = Math.ceil(own / 9);
    const blocks = Math.ceil(clusters / 2.3);
    const block = next;
    const cluster = block + blocks;
    next = cluster + clusters;
    for (let at = 0; at < blocks; at++) {
      const india = firstDistrict + district;
      groups.push({ id: block + at, type: 'block', name: numbered('Block', block + at), india });
    }
    for (let at = 0; at < clusters; at++) {
      const parent = block + Math.floor((at * blocks) / clusters);
      groups.push({ id: cluster + at, type: 'cluster', name: numbered('Cluster', cluster + at), india: parent });
    }
    for (let at = 0; at < own; at++) clusterOfSchool.push(cluster + Math.floor((at * clusters) / own));
  }
  for (const [at, india] of clusterOfSchool.entries()) {
    // Spread far apart, so that the two hierarchies have nothing in common above the schools.
    const zones = firstSchoolDistrict + ((at * 7919) % districts);
    groups.push({ id: next + at, type: 'school', name: numbered('School', at + 1), india, zones });
  }
  return { groups, firstSchool: next, schools };
}

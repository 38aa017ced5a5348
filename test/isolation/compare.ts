import type { WorldCaller } from './callers';
import { rootOf, type Expected } from './oracle';
import type { Place } from './pages';
import { tokens, type World, type WorldTenant } from './world';

/** Something an answer tells that it must not, or does not tell that it must. */
export interface Finding {
  what: 'leak' | 'wrongly hidden' | 'wrongly answered';
  path: string;
  detail: string;
}

export interface Answered {
  data?: unknown;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: unknown } }[];
  /** Everything that came: headers and body. */
  text: string;
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300);

/** Where an answer differs from what it must be; cursors that it gives are entered into the book. */
export function compare(expected: Expected, answered: Answered, learn: (cursor: string, place: Place) => void): Finding[] {
  const findings: Finding[] = [];
  const find = (what: Finding['what'], path: string, detail: string) => findings.push({ what, path, detail });

  const walk = (wanted: unknown, came: unknown, path: string): void => {
    if (expected.free.has(path)) {
      const isLeaf = typeof came !== 'object' || came === null || (Array.isArray(came) && came.every(each => typeof each !== 'object'));
      if (!isLeaf) find('wrongly answered', path, `${shown(came)} is no plain value`);
      return;
    }
    const place = expected.cursors.get(path);
    if (place && typeof came === 'string') return learn(came, place);
    if (wanted === null || wanted === undefined) {
      if (came !== null && came !== undefined) find('leak', path, `${shown(came)} came, nothing is the caller's`);
    } else if (came === null || came === undefined) find('wrongly hidden', path, `${shown(wanted)} must come`);
    else if (Array.isArray(wanted) && Array.isArray(came)) {
      if (wanted.length !== came.length) {
        find(came.length > wanted.length ? 'leak' : 'wrongly hidden', path, `${came.length} elements came, not ${wanted.length}: ${shown(came)}`);
        return;
      }
      wanted.forEach((each, index) => walk(each, came[index], path === '' ? String(index) : `${path}.${index}`));
    } else if (typeof wanted === 'object' && typeof came === 'object') {
      const keys = new Set([...Object.keys(wanted), ...Object.keys(came)]);
      for (const key of keys) {
        walk((wanted as Record<string, unknown>)[key], (came as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`);
      }
    } else if (!same(wanted, came)) find('leak', path, `${shown(came)} came, not ${shown(wanted)}`);
  };
  walk(expected.data, answered.data, '');
  if (findings.length === 0) findings.push(...refusals(expected, answered));
  return findings;
}

const same = (wanted: unknown, came: unknown): boolean =>
  typeof wanted === 'number' && typeof came === 'number' ? Math.abs(wanted - came) <= 1e-9 * Math.max(1, Math.abs(wanted)) : wanted === came;

const codesOf = ({ errors = [] }: Answered): string[] => errors.map(({ path, extensions }) => `${rootOf(path)} ${String(extensions?.code)}`);

/** Refused must be what must be, and with a code that says why; what else is refused is wrongly hidden. */
function refusals({ data, refused, possible }: Expected, answered: Answered): Finding[] {
  const told = (list: { root: string; code: string }[]) => [...new Set(list.map(({ root, code }) => `${root} ${code}`))].sort();
  const came = [...new Set(codesOf(answered))].sort();
  const rootsOf = (list: string[]) => [...new Set(list.map(code => code.split(' ')[0]))].join();
  // Of several refusals where one takes the others with it, which one is told depends on which came first.
  const isWhole = data !== null && data !== undefined;
  const fine = came.every(code => told(possible).includes(code)) &&
    (isWhole ? rootsOf(came) === rootsOf(told(refused)) : came.length > 0);
  return fine ? [] : [{ what: 'wrongly answered', path: 'errors', detail: `${shown(came)} came, not ${shown(told(refused))}` }];
}

/** For callers to whom everything is refused. */
export function nothingComes(code: string, { data, errors = [] }: Answered): Finding[] {
  const some = Object.entries(data ?? {}).filter(([, value]) => value !== null && !(Array.isArray(value) && value.every(each => each === null)));
  const codes = new Set(errors.map(({ extensions }) => extensions?.code));
  return [
    ...some.map(([path, value]): Finding => ({ what: 'leak', path, detail: shown(value) })),
    ...(codes.size === 1 && codes.has(code) ? [] : [{ what: 'wrongly answered' as const, path: 'errors', detail: `${shown([...codes])} came, not ${code}` }]),
  ];
}

/** Every id of a world, and whose it is. */
export function ownersOfIds({ tenants }: World): Map<string, WorldTenant> {
  return new Map(
    tenants.flatMap(tenant => {
      const ofPeople = tenant.people.flatMap(({ id }) => [id, `s${id.slice(1)}`, `u${id.slice(1)}`]);
      const { groups, classes, series, studentGroups, competencies, exports } = tenant;
      const things = [groups, classes, series, studentGroups, competencies, exports].flatMap(list => list.map(({ id }) => id));
      return [tenant.id, `o${tenant.id.slice(1)}`, ...things, ...ofPeople].map(id => [id, tenant] as const);
    }),
  );
}

/** Cursors are read, too: what stands in them is told as well. */
const opened = (text: string): string =>
  text.replace(/[\w-]{16,}/g, word => {
    const inside = Buffer.from(word, 'base64url').toString('utf8');
    return inside.startsWith('[') ? `${word} ${inside}` : word;
  });

const words = (text: string): string[] => opened(text).toLowerCase().match(tokens) ?? [];
const ids = (text: string): string[] => opened(text).match(/\b[a-z][0-9a-z]{6}\b/g) ?? [];

interface Told {
  answered: Answered;
  /** What the caller sent: to be told one's own words is no news. */
  sent: string;
  /** What the answer must be, or nothing. */
  expected: string;
  caller: WorldCaller;
  owners: Map<string, WorldTenant>;
}

/** Names, identifiers and ids that stand anywhere in an answer, its errors and headers too, and are not the caller's. */
export function wordsThatLeak({ answered, sent, expected, caller, owners }: Told): Finding[] {
  const { asker, person, tenant, tenantWide } = caller;
  const own = JSON.stringify([asker, person.login, person.id, person.externalId, tenantWide ? tenant.name : '']);
  const fair = new Set([...words(sent + expected + own), ...ids(sent + expected + own)]);
  const ofTenant = tenantWide ? (/q\d/.exec(tenant.key)?.[0] ?? 'none') : 'none';
  const leakedWords = words(answered.text).filter(word => !fair.has(word) && word.slice(1, 3) !== ofTenant);
  const leakedIds = ids(answered.text).filter(id => {
    const owner = owners.get(id);
    return owner && !fair.has(id) && !(tenantWide && owner === tenant);
  });
  return [...new Set([...leakedWords, ...leakedIds])].map(word => ({ what: 'leak', path: 'text', detail: `'${word}' in ${answered.text.slice(0, 400)}` }));
}

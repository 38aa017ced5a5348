import { anyOf, chance, type Hand } from './arguments';
import type { WorldCaller } from './callers';
import { refuse } from './judging';
import { wouldChange } from './rules-of-changes';
import type { RouteRule } from './routes';
import { columns } from './sent-files';
import { permittedSchools } from './worlds-of-callers';
import type { WorldImport, WorldStudentGroup } from './world';

const mayWrite = ({ tenantWide, asker }: WorldCaller): void => {
  if (!tenantWide && !asker.permissions?.includes('GROUP_WRITE')) refuse('FORBIDDEN');
};

/** Administrators follow every import of the tenant, others their own. */
const importsOf = ({ tenant, tenantWide, person }: WorldCaller): WorldImport[] =>
  tenant.imports.filter(({ sender }) => tenantWide || sender === person);

const get = (path: string): { path: string; method: 'GET' } => ({ path, method: 'GET' });

const anImport = (hand: Hand): WorldImport => {
  const own = hand.caller.tenant.imports;
  return anyOf(hand, own.length === 0 || chance(hand, 4) ? anyOf(hand, hand.world.tenants.slice(1)).imports : own);
};
const followed = (caller: WorldCaller, path: string): WorldImport =>
  importsOf(caller).find(({ shown }) => String(shown.id) === path.split('/')[2]) ?? refuse('NOT_FOUND');
const ofImport = (rest: string) => (hand: Hand) => get(`/imports/${chance(hand, 10) ? '999999' : anImport(hand).shown.id}${rest}`);

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function exported(caller: WorldCaller, year: string | null): string {
  const schools = permittedSchools(caller);
  const rowsOf = ({ name, school, schoolYear, subject, users, students }: WorldStudentGroup): string[] => {
    const group = `${name},${school.externalId},${schoolYear}`;
    return [
      `${group},${subject ?? ''},,`,
      ...users.map(login => `${group},,,${login}`),
      ...students.filter(({ deleted }) => !deleted).map(({ externalId }) => `${group},,${externalId},`),
    ];
  };
  const groups = caller.tenant.studentGroups
    .filter(({ deleted, school, schoolYear }) => !deleted && schools.includes(school) && (year ?? String(schoolYear)) === String(schoolYear))
    .sort((a, b) => text(a.school.externalId, b.school.externalId) || text(a.name, b.name));
  return [columns, ...groups.flatMap(rowsOf), ''].join('\n');
}

/** Files of student groups and rosters, and tokens for passwords. */
export const routesOfFiles: Record<string, RouteRule> = {
  // A file that came before from the same sender is that import; any other would be a new one.
  'POST /groups/imports': {
    request: hand => ({ path: '/groups/imports', type: 'text/csv', body: anImport(hand).content }),
    answer: ({ body }, caller) => {
      mayWrite(caller);
      const known = importsOf(caller).find(({ content }) => content === body);
      return known ? { status: 202, body: known.shown } : wouldChange('imports');
    },
  },
  'GET /groups/imports': {
    request: hand => get(`/groups/imports${anyOf(hand, ['', '?status=ACCEPTED', '?status=PROCESSED', '?first=0', '?status=none'])}`),
    answer: ({ path }, caller) => {
      mayWrite(caller);
      if (path.endsWith('none')) refuse('BAD_USER_INPUT');
      const list = /PROCESSED|first=0/.test(path) ? [] : importsOf(caller).map(({ shown }) => shown);
      return { status: 200, body: list.sort((a, b) => b.id - a.id) };
    },
  },
  'POST /groups/imports/resubmit': {
    request: () => ({ path: '/groups/imports/resubmit' }),
    answer: (_, caller) => {
      mayWrite(caller);
      return { status: 202, body: importsOf(caller).map(({ shown }) => shown).sort((a, b) => a.id - b.id) };
    },
  },
  'GET /imports/:id': {
    request: ofImport(''),
    answer: ({ path }, caller) => ({ status: 200, body: followed(caller, path).shown }),
  },
  'GET /imports/:id/payload': {
    request: ofImport('/payload'),
    answer: ({ path }, caller) => ({ status: 200, text: followed(caller, path).content }),
  },
  'GET /imports/:id/payload/properties': {
    request: ofImport('/payload/properties'),
    answer: ({ path }, caller) => {
      const { content, shown } = followed(caller, path);
      const { batch, contentType, digest, creator } = shown;
      return { status: 200, body: { filename: batch, contentType, digest, bytes: content.length, records: 1, username: creator } };
    },
  },
  'GET /groups/export': {
    request: hand => get(`/groups/export${anyOf(hand, ['', '?schoolYear=2025', '?schoolYear=2030', '?schoolYear=x'])}`),
    answer: ({ path }, caller) => {
      mayWrite(caller);
      const year = path.split('=')[1] ?? null;
      return year === 'x' ? refuse('BAD_USER_INPUT') : { status: 200, text: exported(caller, year) };
    },
  },
  'GET /groups/template': {
    request: () => get('/groups/template'),
    answer: (_, caller) => {
      mayWrite(caller);
      return { status: 200, text: `${columns}\n` };
    },
  },
  'POST /oneroster/imports': {
    request: hand => ({ path: '/oneroster/imports', type: anyOf(hand, ['application/zip', 'application/json']), body: 'no zip file' }),
    answer: (_, { tenantWide }) => (tenantWide ? refuse('BAD_USER_INPUT') : refuse('FORBIDDEN')),
  },
  // Nobody has a password here; after some attempts none is looked at.
  'POST /oauth/token': {
    open: true,
    request: hand => {
      const { key, people } = anyOf(hand, hand.world.tenants.slice(1));
      const client = { client_id: `program-${key}`, client_secret: chance(hand, 3) ? 'a guess' : `a secret of ${key}` };
      const grant = { grant_type: 'password', username: anyOf(hand, people).login, password: 'a guess' };
      return { path: '/oauth/token', type: 'application/x-www-form-urlencoded', body: String(new URLSearchParams({ ...client, ...grant })) };
    },
    answer: () => ({ status: [400, 401, 429] }),
  },
};

import fc from 'fast-check';
import { file, header, openGroupFiles, type GroupFiles } from './group-files';
import type { Asker } from './start-gateway';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const subjects = ['All', 'Math', 'ELA'];

/** What one file says of one group; its members in the order they are listed, some of them more than once. */
interface Listed {
  school: string;
  name: string;
  year: number;
  subject: string | null;
  members: { ssid: string | null; login: string | null }[];
}

const member = fc.record({
  ssid: fc.option(fc.constantFrom('S1', 'S2', 's1', 'S3', 'Ä4'), { freq: 3 }),
  login: fc.option(fc.constantFrom('ann', 'Ann', 'bob', 'cy@example.com'), { freq: 1 }),
});
const listed: fc.Arbitrary<Listed> = fc.record({
  school: fc.constantFrom('s1', 's2'),
  name: fc.constantFrom('A', 'B, "b"', 'Ünter', 'a'),
  year: fc.constantFrom(2025, 2026),
  subject: fc.option(fc.constantFrom(...subjects)),
  members: fc.array(member, { maxLength: 5 }),
});
const keyOf = ({ school, name, year }: Listed): string => JSON.stringify([school, name, year]);
/** Sorted as files must be, each group once. */
const groupsOfFile = fc.uniqueArray(listed, { minLength: 1, maxLength: 5, selector: keyOf })
  .map(groups => groups.sort((a, b) => (a.school < b.school ? -1 : a.school > b.school ? 1 : 0)));
const step = fc.oneof(
  { weight: 4, arbitrary: groupsOfFile.map(groups => ({ groups })) },
  { weight: 1, arbitrary: fc.nat(20).map(remove => ({ remove })) },
);

const quoted = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const row = (...fields: (string | number | null)[]): string => fields.map(field => quoted(String(field ?? ''))).join(',');

const fileOf = (groups: Listed[]): string =>
  file(...groups.flatMap(({ school, name, year, subject, members }) => [
    row(name, school, year, subject, null, null),
    ...members.map(({ ssid, login }) => row(name, school, year, null, ssid, login)),
  ]));

interface Kept extends Listed {
  removed: boolean;
}

/** What an export of the model says, by hand. */
function exportOf(model: Map<string, Kept>): string {
  const bytes = (text: string) => Buffer.from(text);
  const groups = [...model.values()].filter(group => !group.removed).sort(
    (a, b) => bytes(a.school).compare(bytes(b.school)) || bytes(a.name).compare(bytes(b.name)) || a.year - b.year,
  );
  const lines = groups.flatMap(({ school, name, year, subject, members }) => {
    const students = [...new Set(members.flatMap(({ ssid }) => ssid ?? []))];
    const users = members.flatMap(({ login }) => login ?? []);
    const first = users.filter((login, at) => users.findIndex(one => one.toLowerCase() === login.toLowerCase()) === at);
    return [
      row(name, school, year, subject, null, null),
      ...first.map(login => row(name, school, year, null, null, login)),
      ...students.map(ssid => row(name, school, year, null, ssid, null)),
    ];
  });
  return [header, ...lines].map(line => `${line}\n`).join('');
}

let files: GroupFiles;
beforeAll(async () => {
  files = await openGroupFiles({ key: 'acme', groups: { s1: 'school', s2: 'school' }, people: { admin: ['ORG_ADMIN'] } });
});
afterAll(() => files.close());

test('whatever files come one after the other, groups are what the last file that listed them says', async () => {
  const model = new Map<string, Kept>();
  let turns = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async steps => {
      for (const one of steps) {
        if ('remove' in one) {
          const all = '{ studentGroups(first: 1000) { nodes { id name schoolYear school { externalId } } } }';
          const { studentGroups } = await files.gateway.read(admin, all);
          const group = studentGroups.nodes[one.remove % Math.max(studentGroups.nodes.length, 1)];
          if (!group) continue;
          await files.gateway.read(admin, 'mutation ($id: ID!) { removeStudentGroup(id: $id) { id } }', { id: group.id });
          model.get(JSON.stringify([group.school.externalId, group.name, group.schoolYear]))!.removed = true;
          continue;
        }
        // A blank line at the end makes new content of what was sent before.
        const sent = await files.send(admin, fileOf(one.groups) + '\n'.repeat(++turns));
        expect(await files.settled(admin, sent.body.id)).toMatchObject({ status: 'PROCESSED' });
        for (const group of one.groups) {
          const before = model.get(keyOf(group));
          model.set(keyOf(group), { ...group, subject: group.subject ?? before?.subject ?? null, removed: false });
        }
      }
      const exported = await files.http(admin).get('/groups/export').buffer(true);
      expect(exported.text).toBe(exportOf(model));
    }),
    { numRuns: Number(process.env.STRATA_PROPERTY_RUNS ?? 25) },
  );
  expect(files.gateway.bugs).toEqual([]);
}, 300_000);

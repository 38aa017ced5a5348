import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { writeBundle, writeTenant } from './bundle';
import { bundle, BundleFiles } from './bundle-files';
import { planTenant, type GenerateOptions } from './plan';
import { profiles, type ProfileName } from './profiles';
import { problems, readBundle } from './read-back';
import { growTree } from './tree';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(path.join(tmpdir(), 'generate-')); });
afterAll(() => rm(folder, { recursive: true }));

const usual: GenerateOptions = { profile: 'india', classes: 150, days: 20, seed: 7, through: '2026-08-03' };
let made = 0;
async function make(options: Partial<GenerateOptions> = {}) {
  const out = path.join(folder, String(made++));
  const counts = await writeBundle({ ...usual, ...options, out });
  const files = (await readdir(out)).sort();
  const contents = Object.fromEntries(await Promise.all(
    files.map(async file => [file, await readFile(path.join(out, file), 'utf8')] as const)));
  return { out, counts, contents };
}

const columns: Record<string, string> = {
  'tenants.csv': 'tenant_id name applicable_hierarchy_id time_zone',
  'groups.csv': 'tenant_id group_id type name code',
  'classes.csv': 'tenant_id class_id name code grade subject school_id active',
  'placements.csv': 'tenant_id hierarchy_id child_type child_id parent_type parent_id',
  'users.csv': 'tenant_id user_id login role given_name family_name',
  'grants.csv': 'tenant_id user_id group_type group_id',
  'enrolments.csv': 'tenant_id class_id user_id type status enrolled_at ended_at',
  'competencies.csv': 'tenant_id framework subject grade competency title',
  'country_school_mapping.csv': 'tenant_id country_id school_id',
};

describe.each<ProfileName>(['india', 'us', 'sap'])('a bundle of profile %s', profile => {
  test('is byte for byte the same for the same seed, and another for another', async () => {
    const [one, same, other] = [await make({ profile }), await make({ profile }), await make({ profile, seed: 8 })];
    expect(same).toEqual({ ...one, out: same.out });
    for (const file of ['groups.csv', 'classes.csv', 'users.csv', 'enrolments.csv', 'activity.ndjson']) {
      expect(other.contents[file]).not.toBe(one.contents[file]);
    }
  });

  test('has the columns that the loader reads, refers only to what it holds, and counts its rows', async () => {
    const { out, counts } = await make({ profile });
    const read = await readBundle(out);
    const expected = Object.keys(columns).filter(file => profile === 'sap' || file !== 'country_school_mapping.csv');
    expect(Object.keys(read.tables).sort()).toEqual(expected.sort());
    for (const file of expected) expect([file, read.columns[file]!.join(' ')]).toEqual([file, columns[file]]);
    expect(problems(read)).toEqual([]);
    const rows = Object.entries(read.tables).map(([file, { length }]) => [file, length]);
    expect(counts).toEqual({ ...Object.fromEntries(rows), 'activity.ndjson': read.events.length });
    expect(read.tables['classes.csv']).toHaveLength(150);
  });

  test('exists for a single class, a single day, and without any activity', async () => {
    const small = [{ classes: 1 }, { days: 1 }, { classes: 3, days: 0, learnersPerClass: 1 }];
    for (const options of small) {
      const { out, counts } = await make({ profile, ...options });
      expect(problems(await readBundle(out))).toEqual([]);
      expect('activity.ndjson' in counts).toBe(options.days !== 0);
    }
  });

  const sizes = [1, 2, 3, 5, 9, 20, 100, 1_000, 33_333, 2_000_000];
  test.each(sizes)('with %d classes leaves no group without a child', classes => {
    const tree = growTree({ profile: profiles[profile], classes, seed: 1 });
    expect(tree.schoolOf).toHaveLength(classes);
    for (const first of tree.firstChild) {
      expect(first.every((child, parent) => parent === 0 || child > first[parent - 1]!)).toBe(true);
    }
    if (classes >= 20) expect(tree.counts[profile === 'sap' ? 0 : 1]).toBeGreaterThanOrEqual(2);
  });

  test('varies nothing but the activity with the days', async () => {
    const [short, long] = [await make({ profile, days: 20 }), await make({ profile, days: 25, through: '2026-08-08' })];
    for (const file of ['groups.csv', 'classes.csv', 'users.csv', 'placements.csv', 'competencies.csv']) {
      expect(long.contents[file]).toBe(short.contents[file]);
    }
    const ids = (text: string) => new Set(text.match(/"eventId":"[^"]+"/g));
    const before = ids(short.contents['activity.ndjson']!);
    expect([...ids(long.contents['activity.ndjson']!)].filter(id => before.has(id))).toEqual([]);
  });
});

test('the India profile has the country’s true proportions at full size', () => {
  const { counts } = growTree({ profile: profiles.india, classes: 1_200_000, seed: 1 });
  expect(counts).toEqual([1, 36, 700, 7_000, 16_000, 150_000]);
});

test('made with its own settings it brings about 25 events for a class in 30 days', async () => {
  const { counts } = await make({ classes: 1_000, days: 30, learnersPerClass: 2 });
  expect(counts['activity.ndjson']! / 1_000).toBeGreaterThan(20);
  expect(counts['activity.ndjson']! / 1_000).toBeLessThan(30);
});

test('what waits for the disk stays small, however many classes and days there are', async () => {
  const files = await BundleFiles.begin(path.join(folder, 'large'));
  await writeTenant(files, planTenant({ ...usual, classes: 20_000, days: 5, learnersPerClass: 3 }));
  const counts = await files.finish();
  expect(counts['users.csv']).toBeGreaterThan(60_000);
  expect(counts['activity.ndjson']).toBeGreaterThan(50_000);
  expect(files.mostWaiting).toBeLessThan(1_000_000);
});

describe('nothing is written', () => {
  test('into a folder that holds files', async () => {
    const out = path.join(folder, 'taken');
    await mkdir(out);
    await writeFile(path.join(out, 'notes.txt'), 'mine');
    await expect(writeBundle({ ...usual, out })).rejects
      .toThrow(new BadInput(`${out}: expected a new or an empty folder; it holds notes.txt`));
    expect(await readdir(out)).toEqual(['notes.txt']);
  });

  test.each<[string, Partial<Record<keyof GenerateOptions, unknown>>]>([
    ['profile: expected india, us, sap; got "mars"', { profile: 'mars' }],
    ['classes: expected a whole number from 1 to 5000000; got 0', { classes: 0 }],
    ['classes: expected a whole number from 1 to 5000000; got 1.5', { classes: 1.5 }],
    ['days: expected a whole number from 0 to 3660; got -1', { days: -1 }],
    ['seed: expected a whole number from 0 to 9007199254740991; got null', { seed: NaN }],
    ['through: expected a date YYYY-MM-DD; got "2026-02-30"', { through: '2026-02-30' }],
    ['learnersPerClass: expected a whole number from 1 to 90; got 91', { learnersPerClass: 91 }],
    ['tenantId: expected letters, digits, points and hyphens; got "a b"', { tenantId: 'a b' }],
  ])('%s', async (message, wrong) => {
    const out = path.join(folder, 'never');
    const options = { ...usual, ...wrong, out } as GenerateOptions & { out: string };
    await expect(writeBundle(options)).rejects.toThrow(new BadInput(message));
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });

  test('when writing fails half-way', async () => {
    const out = path.join(folder, 'half');
    const failing = bundle(out, async files => {
      await writeTenant(files, planTenant({ ...usual, days: 1 }));
      throw new Error('the disk is full');
    });
    await expect(failing).rejects.toThrow('the disk is full');
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });
});

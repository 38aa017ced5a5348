import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { verificationKeys } from '../../subgraphs/shared/access/keys';
import { tokenVerifier } from '../../subgraphs/shared/access/token';
import { createTestDatabase, databaseUrl, type TestDatabase } from '../../test/database';
import { connectOwner, createTenant } from '../../test/fixture';
import { strata } from '../../test/strata-command';

let database: TestDatabase;
let folder: string;
let settings: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  await createTenant(owner, { key: 'acme', people: { 'ann@acme': ['ORG_ADMIN', 'TEACHER'], both: ['OFFICER'] } });
  await createTenant(owner, { key: 'other', people: { both: ['LEARNER'] } });
  await owner.close();
  folder = mkdtempSync(path.join(os.tmpdir(), 'strata-commands-'));
  settings = { ...database.settings, STRATA_DATA_DIR: path.join(folder, 'data') };
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const claimsOf = async (token: string) => {
  const rules = { dataDir: settings.STRATA_DATA_DIR!, issuer: 'strata-development', audience: 'strata' };
  return tokenVerifier({ key: await verificationKeys(rules), ...rules })(token);
};

describe('usage', () => {
  test('help is an answer: of the program and of every command it lists', async () => {
    const { exitCode, stdout } = await strata(['--help'], settings);
    expect(exitCode).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name!).filter(name => name !== 'help');
    expect(commands).toEqual(expect.arrayContaining(['start', 'subgraph', 'gateway', 'migrate', 'load', 'token']));
    for (const command of commands) {
      const help = await strata([command, '--help'], settings);
      expect([command, help.exitCode]).toEqual([command, 0]);
      expect(help.stdout).toContain('--json');
    }
  });

  test.each([
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['migrate', '--frobnicate']],
    ['a missing operand', ['load']],
    ['a choice there is not', ['start', '--topology', 'ring']],
    ['a subgraph there is not', ['subgraph', 'nothing']],
    ['a number that is none', ['generate', '--profile', 'us', '--classes', 'many', '--out', 'x']],
    ['a login and --super together', ['token', 'ann@acme', '--super']],
    ['neither a login nor --super', ['token']],
  ])('%s ends with 2 and words on stderr', async (_, words) => {
    const { exitCode, stdout, stderr } = await strata(words, settings);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    expect(stderr).not.toContain('    at ');
  });

  test.each([['verify'], ['token', 'ann@acme'], ['rebuild'], ['weekly'], ['validate-relationships']])(
    'in a folder without a database there is nothing to find sound: %s',
    async (...words) => {
      const nowhere = path.join(folder, 'nowhere');
      const { exitCode, stdout, stderr } = await strata(words, { STRATA_DATA_DIR: nowhere });
      expect([exitCode, stdout, existsSync(nowhere)]).toEqual([2, '', false]);
      expect(stderr).toContain(`There is no database in ${nowhere}. Run this where npm start ran`);
    },
  );

  test('every wrong setting is named at once', async () => {
    const wrong = { PORT: 'x', LOG_LEVEL: 'loud', STRATA_DEMO: 'maybe' };
    const { exitCode, stderr } = await strata(['migrate'], { ...settings, ...wrong });
    expect(exitCode).toBe(2);
    for (const name of ['PORT', 'LOG_LEVEL', 'STRATA_DEMO']) expect(stderr).toContain(name);
  });

  test('a database that refuses is told without its password', async () => {
    const url = new URL(databaseUrl(database.url, 'no_such_database'));
    const { exitCode, stderr } = await strata(['migrate'], { ...settings, DATABASE_URL: url.href });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no_such_database');
    expect(stderr).not.toContain(url.password);
  });
});

describe('token', () => {
  test('the token alone goes to stdout, and names the user, the tenant and the roles', async () => {
    const { exitCode, stdout, stderr } = await strata(['token', 'ANN@acme'], settings);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\S+\n$/);
    const said = { subject: 'ann@acme', tenant: 'acme', roles: ['ORG_ADMIN', 'TEACHER'] };
    expect(await claimsOf(stdout.trim())).toMatchObject(said);
  });

  test('a login of several tenants needs --tenant', async () => {
    const { exitCode, stderr } = await strata(['token', 'both'], settings);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/acme, other.*--tenant/);
    const chosen = await strata(['token', 'both', '--tenant', 'other', '--json'], settings);
    const { token, ...told } = JSON.parse(chosen.stdout) as { token: string };
    expect(told).toEqual({ tenant: 'other', user: 'both', login: 'both', roles: ['LEARNER'] });
    expect(await claimsOf(token)).toMatchObject({ tenant: 'other' });
  });

  test.each([
    ['nobody', ['token', 'nobody'], "'nobody'"],
    ['nobody there', ['token', 'ann@acme', '--tenant', 'other'], "'other'"],
    ['no tenant', ['token', 'ann@acme', '--tenant', 'nowhere'], "'nowhere'"],
  ])('%s is said', async (_, words, said) => {
    const { exitCode, stdout, stderr } = await strata(words, settings);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
  });

  test('--super is the same super admin of the platform each time', async () => {
    const first = await strata(['token', '--super'], settings);
    const second = await strata(['token', '--super', '--json'], settings);
    expect(await claimsOf(first.stdout.trim())).toMatchObject({ tenant: 'platform', roles: ['SUPER_ADMIN'] });
    expect(JSON.parse(second.stdout)).toMatchObject({ tenant: 'platform', user: 'super' });
  });

  test('where another issuer signs, it is refused', async () => {
    const { exitCode, stderr } = await strata(['token', 'ann@acme'], {
      ...settings,
      ...{ STRATA_JWKS_URL: 'https://issuer.example/keys', STRATA_ISSUER: 'https://issuer.example' },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('STRATA_JWKS_URL');
  });
});

describe('load', () => {
  const bundle = (name: string, files: Record<string, string>): string => {
    const dir = path.join(folder, name);
    mkdirSync(dir);
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(dir, file), text);
    return dir;
  };

  test('says what became of every row, in JSON as the last line; the second time nothing changes', async () => {
    const dir = bundle('sound', {
      'tenants.csv': 'tenant_id,name,applicable_hierarchy_id,time_zone\nnew,New,india,UTC\n',
      'users.csv': 'tenant_id,user_id,login,role,given_name,family_name\nnew,u1,u1@new,LEARNER,,\n',
    });
    const first = await strata(['load', dir, '--json'], settings);
    expect(first.exitCode).toBe(0);
    expect(JSON.parse(first.stdout.trim().split('\n').at(-1)!)).toEqual({
      tenants: [{ id: expect.any(String), externalId: 'new', name: 'New' }],
      files: {
        'tenants.csv': { added: 1, changed: 0, unchanged: 0, rejected: 0 },
        'users.csv': { added: 1, changed: 0, unchanged: 0, rejected: 0 },
      },
    });
    const second = await strata(['load', dir, '--json'], settings);
    expect(JSON.parse(second.stdout).files['users.csv']).toEqual({ added: 0, changed: 0, unchanged: 1, rejected: 0 });
  });

  test('a rejected row ends it with 1 and is named with its file and line', async () => {
    const dir = bundle('with-a-bad-row', {
      'users.csv': [
        'tenant_id,user_id,login,role,given_name,family_name',
        'acme,u9,u9@acme,KING,,',
        'acme,u8,u8@acme,LEARNER,,',
      ].join('\n'),
    });
    const { exitCode, stdout, stderr } = await strata(['load', dir], settings);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('users.csv:2: ');
    expect(stdout).toContain('users.csv: 1 added, 0 changed, 0 unchanged, 1 rejected');
  });

  test('a folder that is not there ends it with 2', async () => {
    const { exitCode, stderr } = await strata(['load', path.join(folder, 'nowhere')], settings);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nowhere');
  });

  test('what generate writes, load takes whole', async () => {
    const out = path.join(folder, 'generated');
    const options = ['--profile', 'us', '--classes', '12', '--days', '4', '--seed', '5', '--out', out, '--json'];
    const generated = await strata(['generate', ...options], settings);
    const { rows } = JSON.parse(generated.stdout) as { rows: Record<string, number> };
    const loaded = await strata(['load', out, '--json'], settings);
    expect(loaded.exitCode).toBe(0);
    const { files } = JSON.parse(loaded.stdout) as { files: Record<string, { added: number }> };
    expect(Object.fromEntries(Object.entries(files).map(([file, { added }]) => [file, added]))).toEqual(rows);
  });
});

test('migrate says which steps it took, and none where there are none', async () => {
  const { exitCode, stdout } = await strata(['migrate', '--json'], settings);
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, { steps: [], demo: false }]);
});

import { Client, type QueryConfig } from 'pg';
import { attack, type Attack } from './attack';
import type { WorldCaller } from './callers';
import { startAttacked, type AttackedService } from './service';

/**
 * The schema here is built without permissions, for all of this file; the scope of the queries, and the tenant in them,
 * are switched off on top of that. What is left must hold by itself what it guards.
 */
const scope = { isOff: false };

jest.mock('../../subgraphs/shared/access/protect', () => ({
  ...jest.requireActual<object>('../../subgraphs/shared/access/protect'),
  protect: (schema: unknown) => schema,
}));
jest.mock('../../subgraphs/shared/access/caller', () => {
  const actual = jest.requireActual<typeof import('../../subgraphs/shared/access/caller')>('../../subgraphs/shared/access/caller');
  return {
    ...actual,
    callerIdentifier: (...parts: Parameters<typeof actual.callerIdentifier>): ReturnType<typeof actual.callerIdentifier> => {
      const identify = actual.callerIdentifier(...parts);
      return async (...asked) => {
        const caller = await identify(...asked);
        return scope.isOff ? { ...caller, tenantWide: true } : caller;
      };
    },
  };
});

/** Each test asks questions of its own: what was asked before would be answered from memory. */
const seed = 77;
const cases = Number(process.env.STRATA_ISOLATION_CASES ?? 2_000) / 8;

let service: AttackedService;
beforeAll(async () => {
  service = await startAttacked(seed);
});
afterAll(() => service.close());

/** Who may change what is the permissions' to guard, alone of the three: here things are read. */
const look = (more: Partial<Attack> = {}) =>
  attack({ service, seed, cases, writes: false, permissions: false, ...more });

test('without permissions the scope of the queries holds', async () => {
  const { findings, answered } = await look();
  expect(findings.join('\n\n')).toBe('');
  expect(answered).toBeGreaterThan(cases / 5);
}, 60_000 + cases * 200);

describe('without permissions and with every view as wide as the tenant', () => {
  const everyone = (caller: WorldCaller): WorldCaller => ({ ...caller, tenantWide: true });
  const judged = new Map<WorldCaller, WorldCaller>();
  /** The same one each time: what was found out of a caller is remembered. */
  const judgedAs = (caller: WorldCaller): WorldCaller => {
    if (!judged.has(caller)) judged.set(caller, everyone(caller));
    return judged.get(caller)!;
  };
  let forgotten = 0;

  beforeAll(() => {
    scope.isOff = true;
    // Not one statement names its tenant any more; those that TypeORM writes do not, either.
    const forget = (text: string): string =>
      text.replace(/(?:"?\w+"?\.)?"?tenant_id"? = \$(\d+)/g, (_, parameter: string) => {
        forgotten++;
        return `$${parameter}::int is not null`;
      });
    const query = Client.prototype.query as (this: Client, ...call: unknown[]) => unknown;
    jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, asked: unknown, ...rest: unknown[]) {
      const isText = typeof asked === 'string';
      const text = isText ? asked : (asked as QueryConfig).text;
      if (typeof text !== 'string') return query.call(this, asked, ...rest) as never;
      const other = forget(text);
      // A name stands for one text: who is given another one prepares it anew.
      if (isText) return query.call(this, other, ...rest) as never;
      Object.assign(asked as QueryConfig, { text: other, ...(other === text ? {} : { name: undefined }) });
      return query.call(this, asked, ...rest) as never;
    });
  });
  afterAll(() => {
    scope.isOff = false;
    jest.restoreAllMocks();
  });

  test('row-level security holds the tenant, though no statement names it', async () => {
    const { findings, answered } = await look({ judgedAs, seed: seed + 1 });
    expect(findings.join('\n\n')).toBe('');
    expect(answered).toBeGreaterThan(cases / 5);
    expect(forgotten).toBeGreaterThan(cases);
  }, 60_000 + cases * 200);

  test.each([['classes', 2], ['tenant_settings', 3], ['group_placements', 4]])('a policy that is missing on %s is found', async (table, n) => {
    const client = new Client({ connectionString: service.gateway.database.url });
    await client.connect();
    try {
      await client.query(`alter table ${table} disable row level security`);
      expect((await look({ judgedAs, seed: seed + n, cases: 1_000 })).findings.join('\n')).toMatch(/^(leak|wrongly)/);
    } finally {
      await client.query(`alter table ${table} enable row level security`);
      await client.end();
    }
  }, 120_000);
});

import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../cli/postgres';
import { projectRoot } from '../subgraphs/shared/project-root';
import { signDevelopmentToken } from '../subgraphs/shared/access/keys';
import { insertAdministrators } from './abusers.queries';
import { quantile } from './measure';
import { startStrataOn } from './processes';
import { closeConnections, post } from './requests';

const abusers = 20;
const secondsOfEach = 8;
const period = '{ from: "2026-01-01", through: "2026-12-31" }';

const strata = (words: string[], env: Record<string, string>) =>
  promisify(execFile)(process.execPath, [path.join(projectRoot, 'cli/bin.js'), ...words], { env: { ...process.env, ...env } });

let asked = 0;

/** What a frontend asks for as somebody drills down; never the same text, so that nothing comes from memory. */
const goodQuestion = (): string => `query q${asked++} {
  nodeReport(period: ${period}) {
    node { node { name studentCount } performance { averageScore attempts learners } timeSpent { totalSeconds } }
    children { nodes { node { id name classCount } performance { averageScore } } }
  }
}`;

/** As many rows as are allowed, with figures in each. */
const greedyQuestion = (): string => `query q${asked++} {
  nodeReport(period: ${period}, first: 190, orderBy: { by: LEARNERS }) {
    children { nodes { node {
      name studentCount competencyCounts { completed } performance(period: ${period}) { learners attempts }
      children(first: 48) { nodes { name studentCount performance(period: ${period}) { averageScore learners } } }
    } } }
  }
}`;
const trendQuestion = (): string => `query q${asked++} {
  hierarchy { roots { name
    performanceTrend(period: ${period}, interval: DAY) { averageScore attempts }
    competencyTrend: timeSpentTrend(period: ${period}, interval: DAY) { totalSeconds }
    children(first: 3) { nodes { name performanceTrend(period: ${period}, interval: WEEK) { attempts } } }
  } }
}`;
const deepQuestion = (): string => `query q${asked++} { hierarchy { roots ${'{ children { nodes '.repeat(5)}{ id }${' } }'.repeat(5)} } }`;
const wideQuestion = (): string => `query q${asked++} { ${'hierarchy { name } '.repeat(600)} }`;
const largeBody = (): string => `query q${asked++} { viewer { login } } # ${'x'.repeat(250_000)}`;
const floodQuestion = (): string => `query q${asked++} { viewer { login } }`;

interface Abuse {
  what: string;
  ask: () => string;
  atOnce: number;
  token?: string;
}

const kinds: Abuse[] = [
  { what: 'as many rows as are allowed', ask: greedyQuestion, atOnce: 8 },
  { what: 'long trends', ask: trendQuestion, atOnce: 8 },
  { what: 'a flood of small ones', ask: floodQuestion, atOnce: 16 },
  { what: 'too deep', ask: deepQuestion, atOnce: 4 },
  { what: 'too wide', ask: wideQuestion, atOnce: 4 },
  { what: 'large bodies', ask: largeBody, atOnce: 4 },
  { what: 'made-up tokens', ask: floodQuestion, atOnce: 8, token: `${Buffer.from('{"alg":"EdDSA"}').toString('base64url')}.e30.AAAA` },
];

/** How long a good caller waits, alone and beside callers who ask for all they can get. */
async function main(): Promise<void> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'strata-abusers-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const env = { DATABASE_URL: postgres.url, STRATA_DATA_DIR: dataDir, STRATA_DEMO: '0', PORT: '0', LOG_LEVEL: 'error' };
  let stop = async (): Promise<void> => undefined;
  try {
    process.stderr.write('Making 2,000 classes\n');
    await strata(['migrate'], env);
    const bundle = path.join(dataDir, 'bundle');
    await strata(['generate', '--profile', 'india', '--classes', '2000', '--days', '30', '--seed', '1', '--out', bundle], env);
    const loaded = await strata(['load', bundle, '--json'], env);
    const { tenants } = JSON.parse(loaded.stdout.trim().split('\n').at(-1)!) as { tenants: { externalId: string }[] };
    const tenant = tenants[0]!.externalId;
    await insertAdministrators(postgres.url, { tenant, count: abusers + 1 });
    const served = await startStrataOn(env, 'one-process');
    stop = () => served.stop();
    const tokenOf = (n: number) =>
      signDevelopmentToken({ dataDir, issuer: 'strata-development', audience: 'strata', now: new Date() }, { subject: `bench-${n}`, tenant, roles: ['ORG_ADMIN'] });
    const send = (token: string, query: string) =>
      post({ url: `${served.url}/graphql`, token, contentType: 'application/json', body: JSON.stringify({ query }) });

    const good = await tokenOf(abusers);
    const failed: string[] = [];
    const measure = async (): Promise<number[]> => {
      const took: number[] = [];
      for (const end = Date.now() + secondsOfEach * 1_000; Date.now() < end; await sleep(50)) {
        const begun = performance.now();
        const { status, text } = await send(good, goodQuestion());
        if (status !== 200 || text.includes('"errors"')) failed.push(`${status}: ${text.slice(0, 200)}`);
        took.push(performance.now() - begun);
      }
      return took;
    };
    for (let n = 0; n < 5; n++) await send(good, goodQuestion());
    const alone = await measure();

    let going = true;
    const outcomes = new Map<string, Map<number, number>>();
    const abuse = async (n: number): Promise<void> => {
      const { what, ask, atOnce, token = await tokenOf(n) } = kinds[n % kinds.length]!;
      const ofKind = outcomes.get(what) ?? new Map<number, number>();
      outcomes.set(what, ofKind);
      const worker = async (): Promise<void> => {
        while (going) {
          const { status } = await send(token, ask());
          ofKind.set(status, (ofKind.get(status) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    };
    const abusing = Array.from({ length: abusers }, (_, n) => abuse(n));
    const slow = Array.from({ length: 200 }, () => slowSender(new URL(served.url), () => going));
    await sleep(2_000);
    const beside = await measure();
    going = false;
    await Promise.all([...abusing, ...slow]);

    console.log(`good caller's failures: ${failed.length}${failed.map(one => `\n  ${one}`).join('')}`);
    console.log(`load of the machine, on ${os.cpus().length} processors: ${os.loadavg()[0]!.toFixed(1)}`);
    for (const [what, statuses] of outcomes) console.log(`${what}: ${[...statuses].map(([status, n]) => `${n} × ${status}`).join(', ')}`);
    for (const [name, took] of Object.entries({ alone, [`beside ${abusers} abusers and 200 slow senders`]: beside })) {
      const [p50, p95, most] = [0.5, 0.95, 1].map(part => quantile(took, part).toFixed(0));
      console.log(`good caller ${name}: ${took.length} requests, p50 ${p50} ms, p95 ${p95} ms, longest ${most} ms`);
    }
  } finally {
    closeConnections();
    await stop();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A byte of a header now and then, on a connection that is made again when it is broken off. */
async function slowSender({ hostname, port }: URL, going: () => boolean): Promise<void> {
  while (going()) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write('POST /graphql HTTP/1.1\r\n');
    while (going() && !socket.destroyed && socket.writable) {
      await sleep(500);
      socket.write('x: 1\r\n');
    }
    socket.destroy();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

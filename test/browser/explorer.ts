import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { DemoPerson } from '../../gateway/explorer';
import { rememberDemo } from '../../cli/run/demo';
import type { TestDatabase } from '../database';
import { createLoadedDatabase, demoOf } from '../loaded-bundles';
import { startStrata, type Started } from '../strata-command';

/** Debian's own, unless another is named. */
export const chromiumPath = process.env.STRATA_CHROMIUM ?? '/usr/bin/chromium';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Strata with its demo, as `npm start` starts it once the demo is there, and a browser in front of it. */
export interface Explorer {
  url: string;
  people: DemoPerson[];
  /** A page of an empty browser; what it must never do is noted. */
  open(path?: string, options?: BrowserContextOptions): Promise<Watched>;
  /** The same, signed in as somebody of the demo. */
  openAs(login: string, path?: string, options?: BrowserContextOptions): Promise<Watched>;
  /** What the API itself answers somebody of the demo. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test reads what it asked for
  ask(login: string, query: string, variables?: object): Promise<any>;
  routes: string[];
  database: TestDatabase;
  close(): Promise<void>;
}

export interface Watched {
  page: Page;
  /** How many times the graph was asked since the last call. */
  asked(): string[];
  /** Closes the page; fails where the console had an error or a request left the own host. */
  done(): Promise<void>;
}

export async function startExplorer(): Promise<Explorer> {
  const now = new Date();
  const today = now.toISOString().slice(0, 10);
  const { database } = await createLoadedDatabase(demoOf(today, now));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'strata-browser-'));
  const dataDir = path.join(folder, 'data');
  rememberDemo({ dataDir }, { database: { embedded: false, ownerUrl: database.settings.DATABASE_URL! }, today, loaded: true });
  const strata: Started = await startStrata(['start'], {
    ...database.settings,
    STRATA_DATA_DIR: dataDir,
    STRATA_DEMO: '1',
    PORT: '0',
  });
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
  const { url } = strata;
  const people = (await (await fetch(`${url}/demo/people`)).json()) as DemoPerson[];
  const { routes } = (await (await fetch(`${url}/explorer/settings.json`)).json()) as { routes: string[] };
  const personOf = (login: string): DemoPerson => people.find(person => person.login === login)!;

  const open: Explorer['open'] = async (path = '/', options = {}) => watched(browser, { url, path, options });
  return {
    ...{ url, people, routes, database, open },
    openAs: async (login, path = '/', options = {}) => {
      const token = personOf(login).token;
      return watched(browser, { url, path, options, session: { token } });
    },
    ask: async (login, query, variables) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${personOf(login).token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown[] };
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    close: async () => {
      await browser.close();
      strata.process.kill('SIGTERM');
      await strata.ended;
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

interface Opening {
  url: string;
  path: string;
  options: BrowserContextOptions;
  session?: { token: string };
}

async function watched(browser: Browser, { url, path: at, options, session }: Opening): Promise<Watched> {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const wrong: string[] = [];
  let asked: string[] = [];
  if (session) {
    const stored = JSON.stringify(JSON.stringify(session));
    await context.addInitScript({ content: `sessionStorage.setItem('strata-session', ${stored})` });
  }
  const page = await context.newPage();
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(`console: ${message.text()}`);
  });
  page.on('pageerror', error => wrong.push(`page: ${error.message}`));
  page.on('request', request => {
    const target = new URL(request.url());
    const isOwn = target.origin === url || ['data:', 'blob:'].includes(target.protocol);
    if (!isOwn) wrong.push(`request to another host: ${request.url()}`);
    if (target.pathname === '/graphql' && request.method() === 'POST') {
      asked.push((request.postDataJSON() as { operationName?: string }).operationName ?? '');
    }
  });
  await page.goto(url + at, { waitUntil: 'networkidle' });
  return {
    page,
    asked: () => {
      const names = asked;
      asked = [];
      return names;
    },
    done: async () => {
      await context.close();
      expect(wrong).toEqual([]);
    },
  };
}

/** What axe finds against, in a line each; `rules`: those alone. */
export async function violations(page: Page, rules: readonly string[] = []): Promise<string[]> {
  // In a page of its own axe would put together what it found in frames; without any, that is the longest part of it.
  expect(page.frames()).toHaveLength(1);
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations: found } = await (rules.length > 0 ? axe.withRules([...rules]) : axe).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** The whole document fits into the window's width. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

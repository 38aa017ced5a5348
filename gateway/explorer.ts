import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { Router, type RequestHandler } from 'express';
import { projectRoot } from '../subgraphs/shared/project-root';
import { sendProblem } from '../subgraphs/shared/subgraph/http';

/** A person of the demo, with a token to be them. */
export interface DemoPerson {
  tenant: { id: string; name: string };
  login: string;
  name: string | null;
  roles: string[];
  /** What is granted to them. */
  grants: { type: string; name: string }[];
  /** How many classes they teach. */
  classes: number;
  token: string;
}

export interface ExplorerParts {
  /** In the demo with the development key only: whoever opens the explorer may choose whom to be. */
  demoPeople?: () => Promise<DemoPerson[]>;
  /** Routes that the gateway answers, as 'POST /events': the explorer offers what there is. */
  routes: readonly string[];
  passwordSignIn: boolean;
  /** Where the built pages are; what `npm start` builds when omitted. */
  folder?: string;
}

const builtFolder = path.join(projectRoot, 'dist-explorer');

/** Everything from the own host, nothing inline: what a page of another origin slips in does not run. */
const policy = ({ styles, fonts }: { styles: string; fonts: string }): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    `font-src ${fonts}`,
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
const strict = policy({ styles: "'self'", fonts: "'self'" });
/** GraphiQL's editor writes its colours into style elements, and its fonts stand in its style sheet. */
const forEditor = policy({ styles: "'self' 'unsafe-inline'", fonts: "'self' data:" });

/** The pages of the explorer, GraphiQL at /graphql for browsers, and what both ask about this installation. */
export function explorerPages({ demoPeople, routes, passwordSignIn, folder = builtFolder }: ExplorerParts): Router {
  const pages = Router();
  const page = (file: string, contentPolicy: string): RequestHandler => (_request, response) => {
    if (!existsSync(path.join(folder, file))) return notBuilt(response);
    response.set({
      'cache-control': 'no-cache',
      'content-security-policy': contentPolicy,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    response.sendFile(file, { root: folder, cacheControl: false });
  };
  const application = page('index.html', strict);
  pages.get(['/', '/sign-in', '/analytics', '/administration', '/administration/:page', '/data', '/data/:page'], application);

  const graphiql = page('graphiql.html', forEditor);
  pages.get('/graphql', (request, response, next) => {
    const isRead = request.accepts(['application/json', 'text/html']) === 'text/html' && !('query' in request.query);
    return isRead ? graphiql(request, response, next) : next();
  });

  const asset = { index: false, redirect: false, setHeaders: (response: express.Response) =>
    void response.set('x-content-type-options', 'nosniff') };
  // A file's name under assets/ holds its content's hash: it never changes.
  pages.use('/assets', express.static(path.join(folder, 'assets'), { ...asset, immutable: true, maxAge: '365d' }));
  for (const file of ['icon.svg', 'theme.js']) {
    pages.use(`/${file}`, express.static(path.join(folder, file), { ...asset, maxAge: '1h' }));
  }

  pages.get('/explorer/settings.json', (_request, response) => {
    response.set('cache-control', 'no-store').json({ demo: demoPeople !== undefined, passwordSignIn, routes });
  });
  if (demoPeople) {
    pages.get('/demo/people', async (_request, response) => {
      response.set('cache-control', 'no-store').json(await demoPeople());
    });
  }
  return pages;
}

const notBuilt = (response: express.Response): void =>
  sendProblem(response, {
    status: 503,
    title: 'The explorer is not built',
    detail: 'Its pages are missing: npm ci (with the packages for development), then npm run build.',
    code: 'UNAVAILABLE',
  });

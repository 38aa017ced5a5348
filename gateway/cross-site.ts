import type { RequestHandler } from 'express';
import { Problem } from '../subgraphs/shared/errors';

const longestPreflight = 600;
const exposed = 'retry-after, content-disposition, age';

/**
 * Pages of other origins ask nothing here unless they are listed. Browsers name the page's origin with every request
 * that could change something or whose answer a page could read; programs that are no browsers name none.
 */
export const noOtherSites =
  (allowedOrigins: readonly string[]): RequestHandler =>
  (request, response, next) => {
    const { origin } = request.headers;
    response.vary('origin');
    if (origin === undefined || isOwn(origin, request.host)) return next();
    if (!allowedOrigins.includes(origin)) {
      throw new Problem('FORBIDDEN', 'Pages of another origin may not ask here (STRATA_ALLOWED_ORIGINS).');
    }
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', exposed);
    if (request.method !== 'OPTIONS') return next();
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader('access-control-allow-headers', 'authorization, content-type, strata-tenant, strata-consistency');
    response.setHeader('access-control-max-age', String(longestPreflight));
    response.status(204).end();
  };

const isOwn = (origin: string, host: string | undefined): boolean => URL.canParse(origin) && new URL(origin).host === host;

import { headersOf, type Session } from '../session/session';

/** RFC 9457, as every route refuses. */
export interface ProblemDetails {
  title?: string;
  detail?: string;
}

/** What a route answered instead of a file. */
export class RouteRefused extends Error {
  constructor(
    readonly status: number,
    /** What the service said, for people. */
    readonly detail: string | undefined,
  ) {
    super(detail ?? `the route answered ${status}`);
  }
}

/** A file of a route, as a blob: a plain link cannot carry the token. Throws RouteRefused where there is none. */
export async function readFile(session: Session, path: string, signal?: AbortSignal): Promise<Blob> {
  const response = await fetch(path, { headers: headersOf(session), signal: signal ?? null });
  if (response.ok) return response.blob();
  const problem = (await response.json().catch(() => ({}))) as ProblemDetails;
  throw new RouteRefused(response.status, problem.detail);
}

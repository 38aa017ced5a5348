import type { ProblemDetails } from '../download/read-file';
import { headersOf, type Session } from '../session/session';

export interface Answer<T> {
  status: number;
  body: T;
}

/** Sends a file and tells how much of it is on its way, 0 to 1, which `fetch` cannot tell. */
export function upload<T>(
  session: Session,
  { path, body, type, onProgress }: { path: string; body: FormData | Blob; type?: string; onProgress(share: number): void },
): Promise<Answer<T | ProblemDetails>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.responseType = 'json';
    for (const [name, value] of Object.entries(headersOf(session))) request.setRequestHeader(name, value);
    if (type) request.setRequestHeader('content-type', type);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => resolve({ status: request.status, body: request.response as T | ProblemDetails });
    request.onerror = () => reject(new Error('the connection broke off'));
    request.send(body);
  });
}

export async function readJson<T>(session: Session, path: string): Promise<T> {
  const response = await fetch(path, { headers: { ...headersOf(session), accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json() as Promise<T>;
}

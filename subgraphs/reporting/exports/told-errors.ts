import { Problem, type ProblemCode } from '../../shared/errors';
import { Stopped } from '../../shared/queue/tenant-queue';
import { Overtaken } from './make';

/** An error as one thread tells it to another: what is decided by it, and what is written down of it. */
export interface ToldError {
  kind: 'problem' | 'overtaken' | 'stopped' | 'other';
  message: string;
  code?: string;
  stack?: string;
}

export function toldError(error: unknown): ToldError {
  if (error instanceof Problem) return { kind: 'problem', message: error.message, code: error.code };
  if (error instanceof Overtaken) return { kind: 'overtaken', message: '' };
  if (error instanceof Stopped) return { kind: 'stopped', message: '' };
  if (!(error instanceof Error)) return { kind: 'other', message: String(error) };
  const { message, stack } = error;
  const { code } = error as { code?: unknown };
  return { kind: 'other', message, ...(typeof code === 'string' ? { code } : {}), ...(stack ? { stack } : {}) };
}

export function heardError({ kind, message, code, stack }: ToldError): Error {
  if (kind === 'problem') return new Problem(code as ProblemCode, message);
  if (kind === 'overtaken') return new Overtaken();
  if (kind === 'stopped') return new Stopped();
  return Object.assign(new Error(message), { ...(code ? { code } : {}), ...(stack ? { stack } : {}) });
}

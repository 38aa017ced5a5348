import { stayFor } from '../cli/postgres/processes';

/**
 * Jest calls it once, after the last test, and only then says by its exit code how they went: it must not end before,
 * as it would where what is waited for keeps no process alive.
 */
export default async function stop(): Promise<void> {
  await stayFor(Promise.resolve(globalThis.stopTestServer?.()));
}

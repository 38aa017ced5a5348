/** Jest calls it once, after the last test. */
export default async function stop(): Promise<void> {
  await globalThis.stopTestServer?.();
}

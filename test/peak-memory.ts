import { readFileSync } from 'node:fs';

/**
 * The most memory this program has had, in MB. What the system counts for a process (maxRSS) begins with what it was
 * forked from.
 */
export function peakMegabytes(): number {
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Math.round(Number(peak) / 1024);
}

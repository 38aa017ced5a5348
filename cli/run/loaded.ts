import type { LoadResult } from '../../subgraphs/roster/import/bundle';
import type { Outcome } from './action';
import { progress } from './log';

/** What loading a bundle did: 1 where rows were rejected. */
export function loadOutcome({ tenants, files, problems }: LoadResult, more: object = {}): Outcome {
  for (const { file, line, reason } of problems) progress(`${file}:${line}: ${reason}`);
  const rejected = Object.values(files).reduce((sum, file) => sum + file.rejected, 0);
  if (rejected > problems.length) progress(`and ${rejected - problems.length} more`);
  const lines = Object.entries(files).map(
    ([name, { added, changed, unchanged, ...file }]) =>
      `${name}: ${added} added, ${changed} changed, ${unchanged} unchanged, ${file.rejected} rejected`,
  );
  return { exitCode: rejected > 0 ? 1 : 0, json: { tenants, files, ...more }, text: lines.join('\n') };
}

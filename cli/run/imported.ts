import type { ImportResult } from '../../subgraphs/roster/import/oneroster';
import type { Outcome } from './action';
import { progress } from './log';

/** What importing a OneRoster bundle did: 1 where rows were rejected. */
export function importOutcome(result: ImportResult): Outcome {
  for (const { file, line, reason } of result.rejected) progress(`${file}:${line}: ${reason}`);
  for (const { file, line, reason } of result.notices) progress(`${file}:${line}: loaded, but ${reason}`);
  const rejected = Object.values(result.files).reduce((sum, file) => sum + file.rejected, 0);
  if (rejected > result.rejected.length) progress(`and ${rejected - result.rejected.length} more`);
  const lines = Object.entries(result.files).map(
    ([name, { mode, added, changed, unchanged, ended, ...file }]) =>
      `${name} (${mode}): ${added} added, ${changed} changed, ${unchanged} unchanged, ${ended} ended, ${file.rejected} rejected`,
  );
  return { exitCode: rejected > 0 ? 1 : 0, json: result, text: lines.join('\n') };
}

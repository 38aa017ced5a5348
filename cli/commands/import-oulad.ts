import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { act } from '../run/action';
import type { OpenDatabase } from '../run/database';
import { loadOutcome } from '../run/loaded';
import { progress } from '../run/log';

export function addImportOulad(program: Command): void {
  const command = program
    .command('import-oulad')
    .description('Load the Open University Learning Analytics Dataset as a tenant of its own')
    .argument('<dir>', "the folder with the dataset's CSV files");
  act(command, async ({ operands, environment }) => {
    const { writeOuladBundle } = await import('../oulad/write-bundle');
    const { withDatabase } = await import('../run/database');
    const { loadFolder } = await import('../run/load-folder');
    const { findTenant, withConnection } = await import('../run/people');
    const { keepForEver } = await import('../../subgraphs/shared/retention/retention.queries');
    mkdirSync(environment.dataDir, { recursive: true });
    const dir = mkdtempSync(path.join(environment.dataDir, 'oulad-'));
    try {
      const { files, regionsWithoutNation } = await writeOuladBundle({ from: operands[0]!, out: dir });
      const skipped: Record<string, number> = {};
      for (const [file, tally] of Object.entries(files)) {
        skipped[file] = tally.skipped.reduce((sum, { count }) => sum + count, 0);
        for (const { reason, count } of tally.skipped) progress(`${file}: ${count} rows skipped: ${reason}`);
        for (const { reason, count } of tally.adjusted) progress(`${file}: ${count} rows: ${reason}`);
      }
      const load = async (database: OpenDatabase) => {
        const result = await loadFolder(database, { dir, now: new Date() });
        await withConnection(database, async connection => {
          for (const { externalId } of result.tenants) {
            const { number } = await findTenant(connection, externalId);
            await connection.transaction(number, 'write', keepForEver); // its years are long past, and are what it is for
          }
        });
        return loadOutcome(result, { skipped, regionsWithoutNation });
      };
      return await withDatabase(environment, load, { begins: true });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
}

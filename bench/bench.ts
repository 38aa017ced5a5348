import 'reflect-metadata';
import path from 'node:path';
import { projectRoot } from '../subgraphs/shared/project-root';
import { measureAnalytics } from './analytics';
import { measureCompetency } from './competency';
import { measureIngestion } from './ingestion';
import { makeTenants, type Made } from './made';
import { measureOneRoster } from './oneroster';
import { parts, readOptions, WrongUsage, type Part } from './options';
import { measureReads } from './reads';
import { printTable, writeResults, type Line } from './report';
import { measureSoak } from './soak';
import { measureWholeRequests } from './whole-request';
import { measureWrites } from './writes';

const measure: Record<Part, (made: Made) => Promise<Line[]>> = {
  reads: measureReads,
  writes: measureWrites,
  http: measureWholeRequests,
  ingestion: measureIngestion,
  competency: measureCompetency,
  analytics: measureAnalytics,
  oneroster: measureOneRoster,
  soak: measureSoak,
};

/**
 * Measures what Strata promises of its speed, each thing beside another of the same run: times say something about the
 * machine, and what else it does; ratios about Strata. Tenants are made once and kept for the next run.
 */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const begun = new Date();
  // Competencies and analytics have a tenant of their own, and so has the import.
  const ofClasses = [...options.parts].some(part => !['competency', 'analytics', 'oneroster'].includes(part));
  const made = await makeTenants(ofClasses ? options : { ...options, sizes: [] });
  try {
    const lines: Line[] = [];
    for (const part of parts) {
      if (!options.parts.has(part)) continue;
      process.stderr.write(`Measuring: ${part}\n`);
      lines.push(...(await measure[part](made)));
    }
    printTable(lines);
    const file = writeResults(path.join(projectRoot, 'bench/results'), lines, begun);
    console.log(`\nWritten to ${path.relative(process.cwd(), file)}`);
  } finally {
    await made.server.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof WrongUsage ? error.message : error);
  process.exitCode = error instanceof WrongUsage ? 2 : 1;
});

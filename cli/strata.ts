import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { addEraseUser } from './commands/erase-user';
import { addExplain } from './commands/explain';
import { addGenerate } from './commands/generate';
import { addImportOulad } from './commands/import-oulad';
import { addImportOneRoster } from './commands/import-oneroster';
import { addLoad } from './commands/load';
import { addMigrate } from './commands/migrate';
import { addRebuild } from './commands/rebuild';
import { addRehome } from './commands/rehome';
import { addServices } from './commands/service';
import { addSetPassword } from './commands/set-password';
import { addStart } from './commands/start';
import { addToken } from './commands/token';
import { addValidateRelationships } from './commands/validate-relationships';
import { addVerify } from './commands/verify';
import { addWeekly } from './commands/weekly';

const program = new Command('strata')
  .description('Strata: how are the learners below this node doing, and how do its children compare?')
  .exitOverride();

addStart(program);
addServices(program);
addMigrate(program);
addLoad(program);
addGenerate(program);
addImportOulad(program);
addImportOneRoster(program);
addToken(program);
addSetPassword(program);
addRebuild(program);
addVerify(program);
addExplain(program);
addValidateRelationships(program);
addWeekly(program);
addEraseUser(program);
addRehome(program);

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  // Help that was asked for is an answer; whatever else commander ends with is wrong usage.
  process.exitCode = error.exitCode === 0 ? 0 : 2;
});

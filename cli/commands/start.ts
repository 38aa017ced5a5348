import { Option, type Command } from 'commander';
import { act } from '../run/action';
import { readyMessage, urlOf } from '../run/ready-message';
import { serveUntilStopped } from '../run/serve-until-stopped';

interface Options {
  topology: 'one-process' | 'services';
  json?: boolean;
}

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .description('Start Strata: the database (embedded unless DATABASE_URL is set), the subgraphs and the gateway')
    .addOption(
      new Option('--topology <name>', 'everything in one process, or the gateway and each subgraph in their own')
        .choices(['one-process', 'services'])
        .default('one-process'),
    );
  act<Options>(command, async ({ options, environment }) => {
    // Each loads what it needs and no more: as services, this process only watches.
    const start =
      options.topology === 'services'
        ? (await import('../run/services')).startServices
        : (await import('../run/one-process')).startOneProcess;
    return serveUntilStopped(
      shutdown => start(environment, shutdown),
      port =>
        console.log(
          options.json ? JSON.stringify({ ready: true, url: urlOf(port) }) : readyMessage(environment, port),
        ),
    );
  });
}

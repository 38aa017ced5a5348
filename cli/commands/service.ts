import { Argument, type Command } from 'commander';
import { subgraphNames, type SubgraphName } from '../../subgraphs/shared/environment';
import { act } from '../run/action';
import { urlOf } from '../run/ready-message';
import { serveUntilStopped } from '../run/serve-until-stopped';

interface Options {
  json?: boolean;
}

const announce = (what: string, { json }: Options) => (port: number) =>
  console.log(json ? JSON.stringify({ ready: true, url: urlOf(port) }) : `${what} ready at ${urlOf(port)}`);

/** One service alone, for containers. */
export function addServices(program: Command): void {
  const subgraph = program
    .command('subgraph')
    .description('Start one subgraph as a service of its own, on the port of STRATA_SUBGRAPH_<NAME>_URL')
    .addArgument(new Argument('<name>', 'which one').choices(subgraphNames));
  act<Options>(subgraph, async ({ operands, options, environment }) => {
    const { startSubgraphService } = await import('../run/service');
    const name = operands[0] as SubgraphName;
    return serveUntilStopped(
      shutdown => startSubgraphService(name, { environment, shutdown }),
      announce(`Strata subgraph ${name}`, options),
    );
  });

  const gateway = program
    .command('gateway')
    .description('Start the gateway alone, over the subgraphs at STRATA_SUBGRAPH_<NAME>_URL');
  act<Options>(gateway, async ({ options, environment }) => {
    const { startGatewayService } = await import('../run/service');
    return serveUntilStopped(
      shutdown => startGatewayService(environment, shutdown),
      announce('Strata gateway', options),
    );
  });
}

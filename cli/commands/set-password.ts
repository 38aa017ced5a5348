import type { Command } from 'commander';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { act } from '../run/action';

interface Options {
  tenant?: string;
}

export function addSetPassword(program: Command): void {
  const command = program
    .command('set-password')
    .description('Give a user a password for POST /oauth/token; it is read from stdin, or asked for at a terminal')
    .argument('<login>', "the user's login, however it is capitalised")
    .option('--tenant <id>', 'the tenant_id, where several tenants have a user with this login');
  act<Options>(command, async ({ operands: [login], options: { tenant }, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { findPerson, findTenant, withConnection } = await import('../run/people');
    const { readPassword } = await import('../run/read-password');
    const { setPassword } = await import('../../subgraphs/roster/people/set-password');
    const { Problem } = await import('../../subgraphs/shared/errors');
    const password = await readPassword();
    const person = await withDatabase(environment, database =>
      withConnection(database, async connection => {
        const found = await findPerson(connection, { login: login!, ...(tenant ? { tenant } : {}) });
        const { number } = await findTenant(connection, found.tenant.externalId);
        try {
          await connection.transaction(number, 'write', tx =>
            setPassword(tx, { login: found.login, password, now: new Date() }),
          );
        } catch (error) {
          throw error instanceof Problem ? new BadInput(error.message) : error;
        }
        return found;
      }),
    );
    const { login: changed, tenant: { externalId } } = person;
    return { json: { login: changed, tenant: externalId }, text: `${changed} of ${externalId} has a new password` };
  });
}

import type { Command } from 'commander';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { act } from '../run/action';

interface Options {
  tenant?: string;
}

export function addEraseUser(program: Command): void {
  const command = program
    .command('erase-user')
    .description('Erase a user for good: names, login, ids and all traces of them; sums stay as they are')
    .argument('<id>', "the customer's user_id, or the user's id in the graph")
    .option('--tenant <id>', 'the tenant_id, where several tenants have a user with this id');
  act<Options>(command, async ({ operands: [id], options: { tenant }, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { eraseUser } = await import('../run/erase-user');
    const erased = await withDatabase(environment, database => eraseUser(database, { id: id!, ...(tenant ? { tenant } : {}), now: new Date() }));
    if (!erased) throw new BadInput(`There is no user '${id}'${tenant === undefined ? '' : ` in the tenant '${tenant}'`}`);
    const { tenant: where, userId, again } = erased;
    return { json: erased, text: again ? `${userId} of ${where} was erased before` : `${userId} of ${where} is erased` };
  });
}

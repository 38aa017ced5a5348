import type { Command } from 'commander';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { act } from '../run/action';

interface Options {
  tenant?: string;
  super?: boolean;
}

export function addToken(program: Command): void {
  const command = program
    .command('token')
    .description('Sign a token of a user, or of a super admin, with the development key; it alone goes to stdout')
    .argument('[login]', "the user's login, however it is capitalised")
    .option('--tenant <id>', 'the tenant_id, where several tenants have a user with this login')
    .option('--super', 'a token of a super admin of the platform');
  act<Options>(command, async ({ operands: [login], options, environment }) => {
    const { jwksUrl, dataDir, issuer, audience } = environment;
    if (jwksUrl) throw new BadInput('STRATA_JWKS_URL is set: tokens come from its issuer, no development key signs');
    if (Boolean(login) === Boolean(options.super)) throw new BadInput('Please give either a login or --super');
    if (options.super && options.tenant) {
      throw new BadInput('--super goes without --tenant: a super admin chooses one with the header Strata-Tenant');
    }
    const { withDatabase } = await import('../run/database');
    const { findPerson, findSuperAdmin, withConnection } = await import('../run/people');
    const { signDevelopmentToken } = await import('../../subgraphs/shared/access/keys');
    const { tenant } = options;
    const person = await withDatabase(environment, database =>
      withConnection(database, connection =>
        login ? findPerson(connection, { login, ...(tenant ? { tenant } : {}) }) : findSuperAdmin(connection),
      ),
    );
    const token = await signDevelopmentToken(
      { dataDir, issuer, audience, now: new Date() },
      { subject: person.externalId, tenant: person.tenant.externalId, roles: person.roles },
    );
    const { externalId: user, login: signedFor, roles } = person;
    return { json: { token, tenant: person.tenant.externalId, user, login: signedFor, roles }, text: token };
  });
}

import type { DemoPerson } from '../../gateway/explorer';
import { signDevelopmentToken } from '../../subgraphs/shared/access/keys';
import type { Environment } from '../../subgraphs/shared/environment';
import type { OpenDatabase } from './database';
import { findTenants, withConnection } from './people';
import { selectDemoPeople } from './people.queries';

/** The logins before the @ that every demo tenant has, and the platform's one. */
const names = ['admin', 'officer', 'partner', 'teacher', 'learner', 'super'];
const demoTenants = ['demo-india', 'demo-us', 'demo-sap', 'platform'];

/**
 * Whom a visitor of the demo may choose to be, each with a fresh token. Only in the demo and with the development key:
 * elsewhere nothing hands out tokens that were not asked for with a secret.
 */
export function demoPeopleOf(
  environment: Environment,
  database: Pick<OpenDatabase, 'ownerUrl'>,
): { demoPeople?: () => Promise<DemoPerson[]> } {
  const { demo, jwksUrl, dataDir, issuer, audience } = environment;
  if (!demo || jwksUrl) return {};
  const demoPeople = (): Promise<DemoPerson[]> =>
    withConnection(database, async connection => {
      const tenants = (await findTenants(connection)).filter(({ externalId }) => demoTenants.includes(externalId));
      tenants.sort((a, b) => demoTenants.indexOf(a.externalId) - demoTenants.indexOf(b.externalId));
      const people: DemoPerson[] = [];
      for (const { number, id, externalId: tenant, name } of tenants) {
        for (const row of await connection.transaction(number, 'read', tx => selectDemoPeople(tx, names))) {
          const { external_id: subject, login, roles, grants, classes } = row;
          const token = await signDevelopmentToken(
            { dataDir, issuer, audience, now: new Date() },
            { subject, tenant, roles },
          );
          const called = [row.given_name, row.family_name].filter(Boolean).join(' ');
          people.push({ tenant: { id, name }, login, name: called || null, roles, grants, classes, token });
        }
      }
      return people;
    });
  return { demoPeople };
}

import type { OAuthClient } from '../../subgraphs/shared/access/oauth-clients';
import type { AttackedService } from './service';
import type { World, WorldImport } from './world';
import { permittedSchools } from './worlds-of-callers';

/** A program of each tenant, through which nobody signs in: no person has a password. */
export const clientsOf = ({ tenants }: Pick<World, 'tenants'>): OAuthClient[] =>
  tenants.slice(1).map(({ key }) => ({ id: `program-${key}`, secret: `a secret of ${key}`, tenant: key, permissions: {} }));

export const columns = 'group_name,school_natural_id,school_year,subject_code,student_ssid,group_user_login';

/** Student group files come in by the door, of an administrator and of who may write for some schools; they stay in line. */
export async function sendFiles(service: AttackedService): Promise<void> {
  for (const tenant of service.world.tenants.slice(1)) {
    for (const title of ['admin', 'writer with GROUP_WRITE']) {
      const caller = service.callers.find(known => known.title === `${title} of ${tenant.key}`)!;
      const school = permittedSchools(caller)[0];
      if (!school) continue;
      const { name } = tenant.studentGroups[0]!;
      const content = `${columns}\n${name},${school.externalId},2025,All,,${caller.person.login}\n`;
      const { status, body } = await service.send('gateway', caller, { path: '/groups/imports', type: 'text/csv', body: content });
      const shown = JSON.parse(body) as WorldImport['shown'] & { status: string; message: string };
      if (status !== 202 || shown.status !== 'ACCEPTED') throw new Error(`a student group file was not accepted: ${body}`);
      tenant.imports.push({ content, sender: caller.person, shown });
    }
  }
}

/** What was shown of the files has links to a gateway that is gone: to the one that is there `now`. */
export function linkTo({ tenants }: World, { origin, now }: { origin: string; now: string }): void {
  for (const sent of tenants.flatMap(({ imports }) => imports)) {
    sent.shown = JSON.parse(JSON.stringify(sent.shown).replaceAll(`${origin}/`, `${now}/`)) as WorldImport['shown'];
  }
}

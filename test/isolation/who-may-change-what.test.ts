import { Random } from '../../cli/generate/random';
import type { RoleName } from '../../subgraphs/shared/access/roles';
import type { Hand } from './arguments';
import { judgeOne } from './attack';
import type { WorldCaller } from './callers';
import { selectContents } from './contents.queries';
import { aMutation, harmless } from './mutations';
import { startAttacked, type AttackedService } from './service';
import type { WorldTenant } from './world';

const admins: RoleName[] = ['ORG_ADMIN', 'SUPER_ADMIN'];

/** Who may ask for a report may ask for it as a file: of a node they may see. */
const readers: RoleName[] = [...admins, 'OFFICER', 'PARTNER', 'TEACHER'];

/** Teachers change their own classes: others are refused to them, by the class and not by the role. */
const keepers: RoleName[] = [...admins, 'TEACHER'];

/** Who may ask for each mutation at all; beyond that, what it is about must be the own tenant's. */
const mayAsk: Record<string, RoleName[]> = {
  ...{ createGroup: admins, updateGroup: admins, place: admins, placeMany: admins, grantAccess: admins, revokeAccess: admins },
  ...{ setApplicableHierarchy: admins, setTimeZone: admins, setRiskSettings: admins, setRetention: admins, eraseUser: admins },
  ...{ requestExport: readers, removeExport: readers },
  ...{ createHierarchy: ['SUPER_ADMIN'], updateHierarchy: ['SUPER_ADMIN'], removeHierarchy: ['SUPER_ADMIN'] },
  recordActivity: [...admins, 'PARTNER'],
  ...{ createTestSeries: admins, validateRelationships: admins, setOrgTypes: admins, removeStudentGroup: admins },
  ...{ createClass: keepers, setClassActive: keepers, enrolStudents: keepers, setEnrolmentStatus: keepers },
  ...{ assignTeacher: keepers, removeTeacher: keepers, assignTestSeries: keepers, removeTestSeries: keepers },
};

let service: AttackedService;
/** What stands in the database, before anything is refused and after: always the same. */
let before: Awaited<ReturnType<typeof selectContents>>;
const contents = () => selectContents(service.gateway.database.adminUrl);
beforeAll(async () => {
  service = await startAttacked(5);
  before = await contents();
});
afterAll(() => service.close());

test('each mutation has a line', () => {
  expect(Object.keys(mayAsk).sort()).toEqual(Object.keys(harmless).sort());
});

/** Everybody of one tenant, and the super admins. */
const askers = (): WorldCaller[] =>
  service.callers.filter(({ tenant, asker }) => asker.tenant === service.world.tenants[1]!.key || tenant.groups.length === 0 || asker.actingTenant);

/** Arguments about what is one tenant's alone. */
const about = (tenant: WorldTenant, seed: number): Hand => ({
  ...service,
  ...{ random: new Random(seed), schema: service.schemas.gateway, asked: new Set() },
  caller: service.callers.find(caller => caller.tenant === tenant)!,
  world: { ...service.world, tenants: [tenant, tenant] },
});

describe.each(Object.entries(mayAsk))('%s', (mutation, roles) => {
  test('is refused to whoever may not, in and out of their scope, in their tenant and another; nothing is changed', async () => {
    const [, own, other] = service.world.tenants as [WorldTenant, WorldTenant, WorldTenant];
    const codes = { allowed: new Set<string>(), refused: new Set<string>() };
    for (const [index, caller] of askers().entries()) {
      for (const tenant of [own, other]) {
        const document = aMutation(about(tenant, index * 7 + (tenant === own ? 1 : 2)), mutation);
        const judged = await judgeOne(service, { caller, document, at: 'gateway' });
        if (judged === null) continue; // it would be done
        expect(judged.findings).toEqual([]);
        const may = !caller.refused && roles.some(role => caller.roles.has(role));
        for (const code of judged.codes) codes[may ? 'allowed' : 'refused'].add(code);
        if (!may) expect([caller.title, judged.codes]).toEqual([caller.title, [caller.refused ?? 'FORBIDDEN']]);
        else if (caller.tenantWide || ![keepers, readers].includes(roles)) expect([caller.title, judged.codes.includes('FORBIDDEN')]).toEqual([caller.title, false]);
      }
    }
    expect(codes.refused).toContain('FORBIDDEN');
    expect(await contents()).toEqual(before);
  }, 120_000);
});

import { platformTenant } from '../migrations/row-level-security';
import { buildMissing } from '../subgraphs/reporting/rollup/build';
import type { Database } from '../subgraphs/shared/database/database';
import { createTenant, type KnownTenant } from './fixture';
import { insertRows } from './fixture.queries';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

/** Two tenants that look alike, a super admin of the platform, and figures that tell every class from every other. */
export interface GuardedTenants {
  gateway: GatewayForTest;
  acme: KnownTenant;
  rival: KnownTenant;
  /** A person of acme with the roles they have. */
  as(person: string): Asker;
  superAdmin: Asker;
}

export const march = { from: '2026-03-01', through: '2026-03-31' };

/** How many scored attempts each class has: any sum of some of them is of those alone. */
export const attemptsOf: Record<string, number> = { a1: 1, a2: 2, e1: 4, b1: 8, s1: 16, closed: 32, loose: 64, adrift: 128 };

/**
 * Beside the people of `twoHierarchies`: a teacher of a1 who is also listed, without being active there, in b1; a
 * learner who is granted what a learner cannot use; somebody whose row says ORG_ADMIN and whose token may not; `gone`,
 * who was deleted.
 */
export async function startGuardedTenants(): Promise<GuardedTenants> {
  let acme!: KnownTenant;
  let rival!: KnownTenant;
  const fill = async (owner: Database) => {
    const world = twoHierarchies('acme');
    acme = await createTenant(owner, {
      ...world,
      people: { ...world.people, gone: ['ORG_ADMIN'] },
      grants: { ...world.grants, learner: ['north'] },
      enrolments: [
        { class: 'a1', person: 'teacher', type: 'TEACHER' },
        { class: 'closed', person: 'teacher', type: 'TEACHER' },
        { class: 'b1', person: 'teacher', type: 'TEACHER', endedAt: '2026-02-01T00:00:00Z' },
        ...['a1', 'a2', 'b1', 's1'].map(name => ({ class: name, person: 'ann' })),
      ],
      competencies: [{ code: 'M5', grade: '5' }, { code: 'M6', grade: '6' }],
      statuses: [{ person: 'ann', competency: 'M6', day: '2026-03-02', status: 3 }],
    });
    rival = await createTenant(owner, twoHierarchies('rival'));
    await owner.transaction(platformTenant, 'write', tx =>
      insertRows(tx, 'people', [{ external_id: 'super', login: 'super', roles: ['SUPER_ADMIN'] }]),
    );
    await owner.transaction(acme.number, 'write', async tx => {
      await tx.query(`update people set deleted_at = now() where people.external_id = 'gone'`);
    });
  };
  const gateway = await startGateway({ fill, now: new Date('2026-03-20T12:00:00Z') });
  const as = (person: string): Asker => ({ subject: person, tenant: 'acme', roles: acme.rolesOf(person) });
  for (const tenant of ['acme', 'rival']) await sendAttempts(gateway, { ...as('admin'), tenant });
  // What the background would build at some moment of a test is there before the first.
  const { database } = gateway.service.subgraph('reporting');
  for (const { number } of [acme, rival]) await database.transaction(number, 'write', buildMissing);
  return { gateway, acme, rival, as, superAdmin: { subject: 'super', tenant: 'platform', roles: ['SUPER_ADMIN'] } };
}

async function sendAttempts(gateway: GatewayForTest, who: Asker): Promise<void> {
  const events = Object.entries(attemptsOf).flatMap(([klass, attempts]) =>
    Array.from({ length: attempts }, (_, n) => ({
      ...{ eventId: `${klass}-${n}`, classId: klass, userId: 'ann' },
      ...{ occurredAt: '2026-03-02T10:00:00Z', score: 50, secondsSpent: 10 },
    })),
  );
  const { body } = await gateway.send(who, events);
  if (body.accepted !== events.length) throw new Error(JSON.stringify(body));
}

import { platformTenant } from '../migrations/row-level-security';
import { buildMissing } from '../subgraphs/reporting/rollup/build';
import { verify } from '../subgraphs/reporting/rollup/verify';
import type { Database } from '../subgraphs/shared/database/database';
import { createTenant, type KnownTenant } from './fixture';
import { insertRows } from './fixture.queries';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

export const rosterNow = new Date('2026-03-20T12:00:00Z');

/** Two tenants that look alike, with teachers of several groups, over HTTP. */
export interface RosterWorld {
  gateway: GatewayForTest;
  acme: KnownTenant;
  rival: KnownTenant;
  as(person: string): Asker;
  superAdmin: Asker;
  /** What a mutation that must go well answers; `asked` is the mutation without braces. */
  change(asked: string, who?: Asker): Promise<unknown>;
  /** The one error of a request, its code before its words. */
  refusal(who: Asker, query: string, variables?: object): Promise<string>;
  /** Lines of the whole log, newest first, with names instead of the ids of people and classes. */
  log(args?: string, who?: Asker): Promise<Record<string, unknown>[]>;
  /** Where trees, their counts and stored sums differ from what they are made of. */
  differences(): Promise<unknown[]>;
  /** The service's name, in the gateway's own words, of what a public id stands for. */
  nameOf(id: string | null): string | null;
}

/**
 * Beside the people of `twoHierarchies`: teachers tina and tom of the school a, uma of b, both of both, free of none,
 * adrift of a group that no tree holds. Tina teaches a1, and taught b1; ann and ben learn in a1.
 */
export async function startRosterWorld(): Promise<RosterWorld> {
  let acme!: KnownTenant;
  let rival!: KnownTenant;
  const world = twoHierarchies('acme');
  const teachers = ['tina', 'tom', 'uma', 'both', 'free', 'adriftTeacher'];
  const fill = async (owner: Database) => {
    acme = await createTenant(owner, {
      ...world,
      people: { ...world.people, ...Object.fromEntries(teachers.map(name => [name, ['TEACHER']])) },
      grants: {
        ...world.grants,
        ...{ tina: ['a'], tom: ['a'], uma: ['b'], both: ['a', 'b'], adriftTeacher: ['nowhere'] },
      },
      enrolments: [
        { class: 'a1', person: 'teacher', type: 'TEACHER' },
        { class: 'b1', person: 'teacher', type: 'TEACHER', endedAt: '2026-02-01T00:00:00Z' },
        { class: 'a1', person: 'ann' },
        { class: 'a1', person: 'ben' },
        { class: 'b1', person: 'cem' },
        { class: 's1', person: 'dia' },
        { class: 's1', person: 'ann' },
        { class: 'a1', person: 'learner' },
      ],
    });
    rival = await createTenant(owner, twoHierarchies('rival'));
    await owner.transaction(platformTenant, 'write', tx =>
      insertRows(tx, 'people', [{ external_id: 'super', login: 'super', roles: ['SUPER_ADMIN'] }]),
    );
  };
  const gateway = await startGateway({ fill, now: rosterNow });
  const reporting = gateway.service.subgraph('reporting').database;
  await reporting.transaction(acme.number, 'write', buildMissing);
  const as = (person: string): Asker => ({ subject: person, tenant: 'acme', roles: acme.rolesOf(person) });
  const names = new Map([
    ...[...acme.people.keys()].map(name => [acme.personId(name), name] as const),
    ...[...acme.classes.keys()].map(name => [acme.nodeId(name), name] as const),
  ]);
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? id));
  return {
    ...{ gateway, acme, rival, as, nameOf },
    superAdmin: { subject: 'super', tenant: 'platform', roles: ['SUPER_ADMIN'], actingTenant: 'acme' },
    change: async (asked, who = as('admin')) => (await gateway.read(who, `mutation { changed: ${asked} }`)).changed,
    refusal: async (who, query, variables) => {
      const { errors } = await gateway.ask(who, query, variables);
      if (errors.length !== 1) throw new Error(`${errors.length} errors: ${JSON.stringify(errors)}\n${query}`);
      return `${errors[0]!.extensions?.code}: ${errors[0]!.message}`;
    },
    log: async (args = 'first: 1000', who = as('admin')) => {
      const fields = 'action classId userId studentId performedById metadata';
      const { activityLog } = await gateway.read(who, `{ activityLog(${args}) { nodes { ${fields} } } }`);
      return activityLog.nodes.map((entry: Record<string, string | null>) => ({
        action: entry.action,
        class: nameOf(entry.classId!),
        user: nameOf(entry.userId!),
        student: nameOf(entry.studentId!),
        by: nameOf(entry.performedById!),
        metadata: entry.metadata,
      }));
    },
    differences: async () => (await reporting.transaction(acme.number, 'read', tx => verify(tx))).differences,
  };
}

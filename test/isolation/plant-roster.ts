import type { Transaction } from '../../subgraphs/shared/database/database';
import { platformTenant } from '../../migrations/row-level-security';
import { writeAudit } from '../../subgraphs/shared/audit/audit';
import { publicId } from '../../subgraphs/shared/identifiers';
import { insertRows } from '../fixture.queries';
import { setSchools } from './plant-world.queries';
import { now, type WorldTenant } from './world';

/** Puts what hangs in no hierarchy into the database; groups, classes and people have their numbers. */
export async function plantRoster(tx: Transaction, tenant: WorldTenant): Promise<void> {
  await setSchools(tx, tenant.classes);
  await plantSeries(tx, tenant);
  await plantStudentGroups(tx, tenant);
  await insertRows(
    tx,
    'activity_log',
    tenant.log.map(({ action, klass, user, student, performer, metadata, createdAt }) => ({
      ...{ action, class_id: klass.number, user_id: user.number, student_id: student?.number ?? null },
      performed_by_id: performer.number,
      performer_tenant_id: tenant.people.includes(performer) ? tenant.number : platformTenant,
      ...{ metadata, created_at: createdAt },
    })),
  );
  await insertRows(
    tx,
    'oneroster_org_types',
    Object.entries(tenant.orgTypes).map(([orgType, groupType]) => ({ org_type: orgType, group_type: groupType })),
  );
  for (const { action, person, byPlatform, resourceId, details, address, agent, at } of tenant.deeds) {
    await writeAudit(
      tx,
      { action, details, ...(resourceId === null ? {} : { resourceId }) },
      {
        now: new Date(at),
        ...(person ? { person: { personId: person.number, actsForPlatform: byPlatform } } : {}),
        from: { address, agent },
      },
    );
  }
}

async function plantSeries(tx: Transaction, { series }: WorldTenant): Promise<void> {
  const numbers = await insertRows(tx, 'test_series', series.map(({ name }) => ({ name, created_at: now })));
  for (const [index, each] of series.entries()) each.id = publicId('testSeries', numbers[index]!);
  await insertRows(
    tx,
    'class_test_series',
    series.flatMap(({ classes }, index) =>
      classes.map(klass => ({ class_id: klass.number, test_series_id: numbers[index]!, assigned_at: now }))),
  );
}

async function plantStudentGroups(tx: Transaction, { studentGroups }: WorldTenant): Promise<void> {
  const numbers = await insertRows(
    tx,
    'student_groups',
    studentGroups.map(({ name, school, schoolYear, subject, deleted }) => ({
      ...{ name, school_id: school.number, school_year: schoolYear, subject, import_id: 1 },
      ...{ created_at: now, updated_at: now, deleted_at: deleted ? now : null },
    })),
  );
  for (const [index, group] of studentGroups.entries()) {
    const student_group_id = numbers[index]!;
    group.id = publicId('studentGroup', student_group_id);
    const members = group.students.map(({ number }, position) => ({ student_group_id, person_id: number, position, import_id: 1 }));
    await insertRows(tx, 'student_group_students', members);
    const users = group.users.map((login, position) => ({ student_group_id, login_key: login.toLowerCase(), login, position, import_id: 1 }));
    await insertRows(tx, 'student_group_users', users);
  }
}

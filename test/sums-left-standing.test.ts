import { buildEverything } from '../subgraphs/reporting/rollup/build';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { keepStoredSums } from '../subgraphs/reporting/rollup/keep-stored';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { openBothLogins, type BothLogins } from './both-logins';
import { createTenant } from './fixture';
import { growTrees, selectHierarchyNumbers } from './fixture.queries';

const now = new Date('2026-03-20T12:00:00Z');
let logins: BothLogins;
beforeAll(async () => (logins = await openBothLogins()));
afterAll(() => logins.close());

test.each([
  ['with activity', 'busy', true],
  ['that is only expected to learn something', 'quiet', true],
  ['of which nothing is known', 'empty', false],
])('an import that moves a class %s', async (_, moving, forgotten) => {
  const { owner, application } = logins;
  const tenant = await createTenant(owner, {
    key: `import-${moving}`,
    groups: { land: 'country', north: 'state', south: 'state' },
    classes: { busy: {}, quiet: { grade: '5' }, empty: { grade: '7' }, other: { grade: '5' } },
    placements: { india: { land: null, north: 'land', south: 'land', busy: 'north', quiet: 'north', empty: 'north', other: 'south' } },
    people: { ann: ['LEARNER'], ben: ['LEARNER'] },
    competencies: [{ code: 'adds', grade: '5' }],
    enrolments: [{ class: 'quiet', person: 'ann' }, { class: 'other', person: 'ben' }],
  });
  const problems = () => owner.transaction(tenant.number, 'read', async tx => (await verify(tx)).differences);
  const attempt = { eventId: 'one', classId: 'busy', userId: 'ann', occurredAt: '2026-03-02T10:00:00Z', score: 50 };
  await application.transaction(tenant.number, 'activity', tx => ingest(tx, [attempt], { now, ids: 'external' }));
  await application.transaction(tenant.number, 'write', tx => buildEverything(tx));
  await foldAll(application, tenant.number);

  const kept = await owner.transaction(tenant.number, 'write', async tx => {
    const hierarchy = (await selectHierarchyNumbers(tx)).get('india')!;
    return keepStoredSums(tx, hierarchy, async () => {
      await tx.query('update class_placements set parent_id = $2 where tenant_id = $1 and class_id = $3', [
        ...[tx.tenantId, tenant.groups.get('south'), tenant.classes.get(moving)],
      ]);
      await growTrees(tx, [hierarchy]);
    });
  });
  expect(kept.forgotten).toBe(forgotten);
  expect(await problems()).toEqual([]);
  await application.transaction(tenant.number, 'write', tx => buildEverything(tx));
  expect(await problems()).toEqual([]);
});

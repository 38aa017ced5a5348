import { attack } from './attack';
import { selectContents } from './contents.queries';
import { rules } from './rules';
import { startAttacked, type AttackedService } from './service';

/** Every field of the graph, every role, every door: no answer holds what is not the caller's, none lacks what is. */
const cases = Number(process.env.STRATA_ISOLATION_CASES ?? 2_000);
const seed = Number(process.env.STRATA_ISOLATION_SEED ?? 20_260_320);
/** A world of its own for so many of them. */
const casesOfAWorld = 5_000;

/** What nobody is answered where nothing may change. */
const refusals = [
  ...['createGroup', 'revokeAccess', 'setApplicableHierarchy', 'setTimeZone', 'setRiskSettings', 'createHierarchy'],
  ...['updateHierarchy', 'removeHierarchy'],
  ...['setRetention', 'eraseUser', 'createClass', 'createTestSeries', 'removeStudentGroup', 'requestExport', 'removeExport'],
];

/** What is null in these worlds: nothing expires, nobody is erased, nothing is built, no file fails. */
const nothingThere = [
  ...['Retention.figuresFrom', 'Retention.competenciesFrom', 'Retention.eventIdsFrom', 'Provenance.completeFrom'],
  ...['Erasure.userId', 'Erasure.erasedAt', 'Erasure.finishedAt', 'Query.buildProgress', 'Export.reason'],
];

const worlds = Array.from({ length: Math.ceil(cases / casesOfAWorld) }, (_, n) => seed + n);

describe.each(worlds)('in world %i', world => {
  const asked = Math.min(cases, casesOfAWorld);
  let service: AttackedService;
  beforeAll(async () => {
    service = await startAttacked(world);
  });
  afterAll(() => service.close());

  test(`${asked} random questions: nothing leaks, nothing is wrongly hidden, nothing refused changes anything`, async () => {
    const { adminUrl } = service.gateway.database;
    const before = await selectContents(adminUrl);
    const outcome = await attack({ service, seed: world, cases: asked });
    expect(outcome.findings.join('\n\n')).toBe('');
    expect(await selectContents(adminUrl)).toEqual(before);
    expect(service.gateway.bugs).toEqual([]);

    // That it looks: most of the fields must have been asked for and have had something to judge.
    const judged = Object.keys(rules).filter(field => !refusals.includes(field.replace('Mutation.', '')) && !nothingThere.includes(field));
    expect(outcome.answered).toBeGreaterThan(outcome.questions / 4);
    if (asked < 1_500) return;
    expect(Object.keys(rules).filter(field => !outcome.asked.has(field))).toEqual([]);
    const seldom = judged.filter(field => !outcome.valued.has(field));
    expect([seldom, seldom.length < judged.length / 10]).toEqual([seldom, true]);
  }, 60_000 + asked * 200);
});

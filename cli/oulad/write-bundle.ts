import { FRAMEWORK, competencyRows, statusOf, type Assessment } from './assessments';
import { BundleFolder, type BundleRow } from './bundle-folder';
import { TIME_ZONE, addDays, noonInLondon, presentationStart, wholeDays } from './calendar';
import { enrolmentRow, registrationOf, type Registration } from './enrolments';
import { nationOf } from './nations';
import {
  CURRICULUM, TENANT, classRows, groupRows, hierarchyRows, levelRows, placementRows, presentationId, regions,
  studyClass, type Presentation, type StudyClass,
} from './shape';
import { OuladSource, type FileTally } from './source';

export interface OuladSummary {
  /** By file of the dataset: rows read, rows skipped and rows taken after a rule was applied, with the reasons. */
  files: Record<string, FileTally>;
  /** By file of the bundle: rows written. */
  written: Record<string, number>;
  /** Regions that no nation is known for: in the hierarchy Regions their classes stand under 'other'. */
  regionsWithoutNation: string[];
}

interface Students {
  /** By presentation and student. */
  classOf: Map<string, StudyClass>;
  classes: StudyClass[];
  enrolments: BundleRow<'enrolments.csv'>[];
}

const UNKNOWN_PRESENTATION = 'the presentation is not among those of courses.csv';
const NO_STUDENT = 'id_student is empty';
const SEEN_STUDENT = 'the same student and presentation stand further up';

/**
 * Reads courses.csv, assessments.csv, studentInfo.csv, studentRegistration.csv and studentAssessment.csv of `from` and
 * writes them as a bundle into `out`, which has to be empty or missing. Throws BadInput before anything is written when
 * a file or a column is missing; on any later error nothing is left behind.
 */
export async function writeOuladBundle(options: { from: string; out: string }): Promise<OuladSummary> {
  const source = await OuladSource.open(options.from);
  const presentations = await readPresentations(source);
  const assessments = await readAssessments(source, presentations);
  const students = await readStudents(source, presentations);
  const bundle = await BundleFolder.begin(options.out);
  try {
    await writeRoster(bundle, { presentations: [...presentations.values()], assessments, students });
    await bundle.lines('activity.ndjson', events(source, { assessments, classOf: students.classOf }));
    return {
      written: await bundle.finish(),
      files: source.tallied(),
      regionsWithoutNation: regions(students.classes).filter(region => nationOf(region) === null),
    };
  } catch (error) {
    await bundle.abandon();
    throw error;
  }
}

async function readPresentations(source: OuladSource): Promise<Map<string, Presentation>> {
  const tally = source.tally('courses.csv');
  const presentations = new Map<string, Presentation>();
  for await (const { code_module: module, code_presentation: code } of source.rows('courses.csv')) {
    const id = presentationId(module, code);
    const start = presentationStart(code);
    if (!module) tally.skip('code_module is empty');
    else if (!start) tally.skip('code_presentation is not a year followed by B (February) or J (October)');
    else if (presentations.has(id)) tally.skip('the same presentation stands further up');
    else presentations.set(id, { id, module, code, start });
  }
  return presentations;
}

async function readAssessments(source: OuladSource, presentations: Map<string, Presentation>) {
  const tally = source.tally('assessments.csv');
  const assessments = new Map<string, Assessment>();
  for await (const row of source.rows('assessments.csv')) {
    const { id_assessment: id, assessment_type: type, date } = row;
    const presentation = presentations.get(presentationId(row.code_module, row.code_presentation));
    if (!presentation) tally.skip(UNKNOWN_PRESENTATION);
    else if (!id) tally.skip('id_assessment is empty');
    else if (assessments.has(id)) tally.skip('the same id_assessment stands further up');
    else {
      const day = wholeDays(date);
      if (day === null && date !== '') tally.adjust('date is no whole number of days: titled without a day');
      assessments.set(id, { id, type, day, presentation });
    }
  }
  return assessments;
}

async function readStudents(source: OuladSource, presentations: Map<string, Presentation>): Promise<Students> {
  const tally = source.tally('studentInfo.csv');
  const registrations = await readRegistrations(source, presentations);
  const registered = source.tally('studentRegistration.csv');
  const classOf = new Map<string, StudyClass>();
  const classes = new Map<string, StudyClass>();
  const enrolments: BundleRow<'enrolments.csv'>[] = [];
  for await (const row of source.rows('studentInfo.csv')) {
    const presentation = presentations.get(presentationId(row.code_module, row.code_presentation));
    const student = row.id_student;
    const key = presentation && keyOf(presentation, student);
    if (!key) tally.skip(UNKNOWN_PRESENTATION);
    else if (!student) tally.skip(NO_STUDENT);
    else if (classOf.has(key)) tally.skip(SEEN_STUDENT);
    else {
      const placed = studyClass(presentation, row.region);
      if (!row.region) tally.adjust('region is empty: in Regions under \'other\'');
      else if (!nationOf(row.region)) tally.adjust(`no nation is known for ${row.region}: in Regions under 'other'`);
      const known = classes.get(placed.id) ?? placed;
      classes.set(known.id, known);
      classOf.set(key, known);
      const registration = registrations.get(key);
      if (!registration) tally.adjust('nothing in studentRegistration.csv: enrolled from the presentation\'s start');
      enrolments.push(enrolmentRow({ studyClass: known, student, registration, tally: registered }));
    }
  }
  for (const key of registrations.keys()) {
    if (!classOf.has(key)) registered.skip('the student is not in studentInfo.csv for this presentation');
  }
  return { classOf, classes: [...classes.values()], enrolments };
}

async function readRegistrations(source: OuladSource, presentations: Map<string, Presentation>) {
  const tally = source.tally('studentRegistration.csv');
  const registrations = new Map<string, Registration>();
  for await (const row of source.rows('studentRegistration.csv')) {
    const presentation = presentations.get(presentationId(row.code_module, row.code_presentation));
    const key = presentation && keyOf(presentation, row.id_student);
    if (!key) tally.skip(UNKNOWN_PRESENTATION);
    else if (!row.id_student) tally.skip(NO_STUDENT);
    else if (registrations.has(key)) tally.skip(SEEN_STUDENT);
    else {
      const registration = registrationOf(row, tally);
      if (registration) registrations.set(key, registration);
    }
  }
  return registrations;
}

async function writeRoster(
  bundle: BundleFolder,
  roster: { presentations: Presentation[]; assessments: Map<string, Assessment>; students: Students },
): Promise<void> {
  const { presentations, assessments, students: { classes, enrolments } } = roster;
  await bundle.table('tenants.csv', [
    { tenant_id: TENANT, name: 'Open University', applicable_hierarchy_id: CURRICULUM, time_zone: TIME_ZONE },
  ]);
  await bundle.table('hierarchies.csv', hierarchyRows);
  await bundle.table('levels.csv', levelRows);
  await bundle.table('groups.csv', groupRows(presentations, classes));
  await bundle.table('classes.csv', classRows(classes));
  await bundle.table('placements.csv', placementRows(presentations, classes));
  await bundle.table('users.csv', userRows(enrolments));
  await bundle.table('enrolments.csv', enrolments);
  await bundle.table('competencies.csv', competencyRows(assessments.values()));
}

/** The students, whose names nobody knows, and an administrator, so that somebody can look at what was loaded. */
function userRows(enrolments: BundleRow<'enrolments.csv'>[]): BundleRow<'users.csv'>[] {
  const user = (id: string, options: { login: string; role: string }) =>
    ({ tenant_id: TENANT, user_id: id, ...options, given_name: '', family_name: '' });
  const students = new Set(enrolments.map(enrolment => enrolment.user_id));
  return [
    user('oulad-admin', { login: 'admin@oulad.example', role: 'ORG_ADMIN' }),
    ...[...students].map(id => user(id, { login: `${id}@oulad.example`, role: 'LEARNER' })),
  ];
}

/** One event a scored submission; the files say neither how long it took nor a subject. */
async function* events(
  source: OuladSource,
  { assessments, classOf }: { assessments: Map<string, Assessment>; classOf: Map<string, StudyClass> },
): AsyncGenerator<object> {
  const tally = source.tally('studentAssessment.csv');
  const seen = new Set<string>();
  for await (const { id_assessment, id_student, date_submitted, score: text } of source.rows('studentAssessment.csv')) {
    const eventId = `oulad-${id_assessment}-${id_student}`;
    const assessment = assessments.get(id_assessment);
    const placed = assessment && classOf.get(keyOf(assessment.presentation, id_student));
    const score = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    const day = wholeDays(date_submitted);
    if (text === '') tally.skip('score is empty');
    else if (!(score <= 100)) tally.skip('score is no number from 0 to 100');
    else if (!assessment) tally.skip('id_assessment is not among those of assessments.csv');
    else if (!placed) tally.skip('the student is not in studentInfo.csv for the assessment\'s presentation');
    else if (day === null) tally.skip('date_submitted is no whole number of days');
    else if (seen.has(eventId)) tally.skip('the same student and assessment have a score further up');
    else {
      seen.add(eventId);
      yield {
        tenant_id: TENANT,
        eventId,
        classId: placed.id,
        userId: id_student,
        occurredAt: noonInLondon(addDays(assessment.presentation.start, day)),
        score,
        kind: 'ASSESSMENT',
        framework: FRAMEWORK,
        competency: id_assessment,
        status: statusOf(score),
      };
    }
  }
}

const keyOf = (presentation: Presentation, student: string): string => `${presentation.id} ${student}`;

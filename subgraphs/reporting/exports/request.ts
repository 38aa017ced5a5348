import { countNodesBelow, hasOther, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { badInput, Problem } from '../../shared/errors';
import { checkPeriod, intervalsOf } from '../../shared/period';
import { keptFigures, refuseForgottenDay } from '../retention/kept-figures';
import { figureLoaders } from '../rollup/figures.loader';
import { arrivedExports } from './announce';
import { countExports, insertExport, lockRequests, type ExportRow, type Question } from './export.queries';
import { ExportReport, type ExportInput } from './export.type';
import { formats } from './formats';
import { refuseTooManyRows } from './make';
import { reportedNode } from './reading';
import { requesterOf } from './requester';

/** Of one person: files that are not finished, and all that are kept. */
const mostOpen = 5;
const mostKept = 50;

/** Characters: none of an activity has more. */
const longestFilter = 512;

type Loaders = ReturnType<typeof figureLoaders>;

/** Checks what is asked for, as the caller sees it now, and puts it in line. */
export async function requestExport(
  input: ExportInput,
  { caller, session, loaders, now }: { caller: Caller; session: Session; loaders: Loaders; now: Date },
): Promise<ExportRow> {
  const { report, format, interval = null, orderBy = null, filter } = input;
  const period = checkPeriod(input.period);
  refuseStrayInput(input);
  refuseUnkeepableFilter(filter);
  if (report === ExportReport.COMPETENCIES) refuseForgottenDay(period.through, await keptFigures(await session.read(), now));
  const { key: hierarchyKey } = await loaders.nodes.hierarchy(input.hierarchyId);
  const node = await reportedNode({ nodeId: input.nodeId ?? null, hierarchyKey }, { caller, loaders });
  const { subject = null, contentSource = null, framework = null } = filter ?? {};
  const question: Question = {
    ...{ report, hierarchyKey, period, interval, nodeId: node.id },
    filter: { subject, contentSource, framework },
    order: orderBy && { by: orderBy.by, direction: orderBy.direction },
  };
  const view = await loaders.nodes.view(hierarchyKey);
  refuseTooManyRows(await rowsOf(question, { node, view, session, loaders }), format);
  const requester = requesterOf(caller);
  const name = `strata-${report.toLowerCase().replace('_', '-')}-${node.id}-${period.from}-${period.through}`;
  return session.write(async tx => {
    tx.keepVersion(); // what waits changes no answer that is given again
    await lockRequests(tx, requester);
    const { open, kept } = await countExports(tx, requester, now);
    if (open >= mostOpen) {
      throw new Problem('RATE_LIMITED', `${open} of your files are not finished; at most ${mostOpen} may be. Please wait for one of them.`);
    }
    if (kept >= mostKept) {
      throw new Problem('RATE_LIMITED', `${kept} of your files are kept; at most ${mostKept} are. Please remove one of them (removeExport).`);
    }
    const made = await insertExport(tx, {
      ...{ requester, question, format, now, roles: [...caller.roles] },
      fileName: `${name}.${formats[format].ending}`,
    });
    tx.afterCommit(() => arrivedExports.announce(caller.tenantId));
    return made;
  });
}

function refuseStrayInput({ report, interval, orderBy, filter }: ExportInput): void {
  if (report === ExportReport.TREND && !interval) throw badInput('The report TREND needs an interval: DAY, WEEK, MONTH or YEAR.');
  if (report !== ExportReport.TREND && interval) throw badInput(`An interval is of the report TREND; this one is ${report}.`);
  if (report !== ExportReport.NODE_REPORT && orderBy) throw badInput(`orderBy is of the report NODE_REPORT; this one is ${report}.`);
  if (report === ExportReport.COMPETENCIES && filter?.contentSource) {
    throw badInput(
      `COMPETENCIES can be filtered by subject and framework; a competency status has no content source, and ` +
        `contentSource was '${filter.contentSource}'.`,
    );
  }
}

/** The question is kept as JSON, which holds no half of a character, and stands in the file. */
function refuseUnkeepableFilter(filter: ExportInput['filter']): void {
  for (const name of ['subject', 'contentSource', 'framework'] as const) {
    const value = filter?.[name] ?? '';
    if (value.length > longestFilter) {
      throw badInput(`filter.${name} may have ${longestFilter} characters at most; it had ${value.length}.`);
    }
    if (/[\ud800-\udfff]/u.test(value)) throw badInput(`filter.${name} must not contain halves of surrogate pairs.`);
  }
}

interface Counted {
  node: Node;
  view: View;
  session: Session;
  loaders: Loaders;
}

/** How many rows a file will have, by what the caller sees now. */
async function rowsOf({ report, period, interval }: Question, { node, view, session, loaders }: Counted): Promise<number> {
  if (report === ExportReport.TREND) return intervalsOf(period, interval!).length;
  const own = hasOther(node) ? 2 : 1;
  if (report === ExportReport.LEVELS) return own + (await countNodesBelow(await session.read(), { view, node }));
  const { totalCount } = await loaders.nodes.children.load({ node, bounds: { first: 0, after: null } });
  return own + totalCount;
}

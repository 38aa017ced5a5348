import { ExportReport } from '../export.type';
import { competenciesSheet } from './competencies';
import { levelsSheet } from './levels';
import { nodeReportSheet, type SheetParts } from './node-report';
import type { Reading } from './reading';
import type { Sheet } from './sheet';
import { trendSheet } from './trend';

const reports: Record<ExportReport, { title: string; parts: (reading: Reading) => Promise<SheetParts> }> = {
  [ExportReport.NODE_REPORT]: { title: 'Report', parts: nodeReportSheet },
  [ExportReport.LEVELS]: { title: 'All levels', parts: levelsSheet },
  [ExportReport.TREND]: { title: 'Trend', parts: trendSheet },
  [ExportReport.COMPETENCIES]: { title: 'Competencies', parts: competenciesSheet },
};

/** The table of a report, with what it is of; its rows are read as they are taken. */
export async function sheetOf(reading: Reading): Promise<Sheet> {
  const { title, parts } = reports[reading.question.report];
  return { title, about: aboutOf(reading), asOf: reading.asOf, ...(await parts(reading)) };
}

function aboutOf({ caller, node, ancestors, view, question, asOf, completeFrom }: Reading): [string, string][] {
  const { period, filter, order, interval } = question;
  const { subject, contentSource, framework } = filter;
  const given = (name: string, value: string | null | undefined): [string, string][] => (value ? [[name, value]] : []);
  return [
    ['Tenant', caller.tenantName],
    ['Node', node.name],
    ['Path', [...ancestors, node].map(({ name }) => name).join(' › ')],
    ['Hierarchy', view.hierarchyKey],
    ['Period', `${period.from} – ${period.through}`],
    ...given('Subject', subject),
    ...given('Content source', contentSource),
    ...given('Framework', framework),
    ...given('Interval', interval),
    ...given('Order', order && `${order.by} ${order.direction}`),
    ['As of', asOf.toISOString()],
    ...given('Complete from', completeFrom && `${completeFrom}; figures of some days before it have expired`),
  ];
}

import { Field, Float, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { Interval, MetricFilter, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { SafeInt } from '../../shared/graphql/scalars';
import { ReportOrder } from '../reports/node-report.type';

export enum ExportReport {
  NODE_REPORT = 'NODE_REPORT',
  LEVELS = 'LEVELS',
  TREND = 'TREND',
  COMPETENCIES = 'COMPETENCIES',
}

export enum ExportFormat {
  CSV = 'CSV',
  XLSX = 'XLSX',
  PDF = 'PDF',
}

export enum ExportStatus {
  PENDING = 'PENDING',
  PROCESSING = 'PROCESSING',
  COMPLETED = 'COMPLETED',
  FAILED = 'FAILED',
}

registerEnumType(ExportReport, {
  name: 'ExportReport',
  description:
    'NODE_REPORT: what nodeReport answers, a row for the node, each child and other. LEVELS: a row for every node below, ' +
    'level by level down to the classes, with the names of the nodes above it. TREND: a row for every interval of the ' +
    "period. COMPETENCIES: the counts of competencies at the end of the period's last day, of the node, each child and " +
    'other; BAD_USER_INPUT for a day whose statuses have expired.',
});
registerEnumType(ExportFormat, {
  name: 'ExportFormat',
  description: 'CSV: UTF-8 with a byte order mark, RFC 4180. XLSX: numbers are numbers. PDF: with a chart, to be read and printed.',
});
registerEnumType(ExportStatus, {
  name: 'ExportStatus',
  description: 'PENDING: it waits. PROCESSING: it is being made. COMPLETED: it can be fetched. FAILED: see reason.',
});

@InputType({ description: 'A report as a file.' })
export class ExportInput {
  @Field(() => ExportReport, { defaultValue: ExportReport.NODE_REPORT })
  report!: ExportReport;

  @Field(() => ExportFormat)
  format!: ExportFormat;

  @Field(() => ID, { nullable: true, description: "As in nodeReport; without it the caller's whole view." })
  nodeId?: string | null;

  @Field(() => ID, { nullable: true, description: 'As in nodeReport.' })
  hierarchyId?: string | null;

  @Field(() => PeriodInput)
  period!: PeriodInput;

  @Field(() => MetricFilter, { nullable: true, description: 'COMPETENCIES takes no contentSource.' })
  filter?: MetricFilter | null;

  @Field(() => ReportOrder, { nullable: true, description: 'Of the children; for NODE_REPORT alone.' })
  orderBy?: ReportOrder | null;

  @Field(() => Interval, { nullable: true, description: 'Of TREND, which needs it, and of no other.' })
  interval?: Interval | null;
}

@ObjectType({ description: 'How many rows of a file are made.' })
export class ExportProgress {
  @Field(() => SafeInt)
  done!: number;

  @Field(() => SafeInt, { nullable: true, description: 'Null until it is known.' })
  total!: number | null;

  @Field(() => Float, { nullable: true, description: 'done / total, 0 to 1.' })
  share!: number | null;
}

@ObjectType({
  description:
    'A report file. It shows what its requester might see at `asOf`, and is given to nobody else; nor to the requester ' +
    'once any of what it shows may no longer be seen.',
})
export class Export {
  @Field(() => ID)
  id!: string;

  @Field(() => ExportReport)
  report!: ExportReport;

  @Field(() => ExportFormat)
  format!: ExportFormat;

  @Field(() => ID)
  nodeId!: string;

  @Field(() => ID)
  hierarchyId!: string;

  @Field(() => ExportStatus)
  status!: ExportStatus;

  @Field(() => ExportProgress)
  progress!: ExportProgress;

  @Field(() => String, { nullable: true, description: 'Why it has failed.' })
  reason!: string | null;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'The moment the figures are of; printed in the file. Null until it is completed.' })
  asOf!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When the file, or the word that it failed, is gone: 7 days after its end.' })
  expiresAt!: Date | null;

  @Field(() => String)
  fileName!: string;

  @Field(() => SafeInt, { nullable: true, description: 'Of the file; null until it is completed.' })
  bytes!: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Rows of figures, without headings; null until it is completed.' })
  rows!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Where the file is, below the address of this service: GET it with the same bearer token. Null until it is ' +
      'completed. 403 where what it shows may not all be seen any more.',
  })
  downloadUrl!: string | null;
}

@ObjectType()
export class ExportConnection extends connectionOf<Export>(() => Export) {}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { publicId } from '../subgraphs/shared/identifiers';
import { readReport, type BareRow } from './bare-report.queries';

/** What the bare handler is asked: the numbers that Strata finds out for itself. */
export interface BareQuestion {
  tenantId: number;
  hierarchyId: number;
  hierarchyKey: string;
  group: number;
  month: string;
}

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 12 });

const figures = (row: BareRow) => {
  const [scoreSum, attempts] = [Number(row.score_sum ?? 0), Number(row.attempts ?? 0)];
  const collectionSeconds = Number(row.collection_seconds ?? 0);
  const assessmentSeconds = Number(row.assessment_seconds ?? 0);
  return { scoreSum, attempts, collectionSeconds, assessmentSeconds };
};

function shown(row: BareRow, hierarchyKey: string) {
  const { scoreSum, attempts, collectionSeconds, assessmentSeconds } = figures(row);
  return {
    node: {
      id: publicId('group', row.id),
      hierarchyId: hierarchyKey,
      name: row.name,
      type: row.type,
      classCount: row.active_classes,
    },
    performance: {
      averageScore: attempts === 0 ? null : scoreSum / attempts / 10_000,
      scoreSum: scoreSum / 10_000,
      attempts,
    },
    timeSpent: { totalSeconds: collectionSeconds + assessmentSeconds, collectionSeconds, assessmentSeconds },
  };
}

async function report(question: BareQuestion): Promise<string> {
  const rows = await readReport(pool, question);
  const own = rows.find(row => row.id === question.group)!;
  const children = rows.filter(row => row.id !== question.group);
  const left = { ...figures(own) };
  for (const row of children) {
    const child = figures(row);
    for (const name of Object.keys(left) as (keyof typeof left)[]) left[name] -= child[name];
  }
  return JSON.stringify({
    data: {
      nodeReport: {
        node: shown(own, question.hierarchyKey),
        children: {
          totalCount: children.length,
          pageInfo: { hasNextPage: false },
          nodes: children.map(row => shown(row, question.hierarchyKey)),
        },
        reconciliation: {
          attempts: left.attempts,
          scoreSum: left.scoreSum / 10_000,
          totalSeconds: left.collectionSeconds + left.assessmentSeconds,
        },
      },
    },
  });
}

/** The least that answers a report over HTTP: no identity, no graph, no checks. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    report(JSON.parse(Buffer.concat(chunks).toString('utf8')) as BareQuestion).then(
      body => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});

if (require.main === module) {
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
  process.on('disconnect', () => process.exit());
}

import { useQuery } from '@apollo/client/react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActivityLogDocument, AuditLogDocument } from '../graph/operations';
import { Empty } from '../parts/notice';
import { Problem } from '../parts/problem';
import { formatCount, formatMoment } from '../texts/format';

const size = 50;
const spans = [1, 7, 30, 365] as const;

/** Newest first, as far back as is chosen; turned page by page. */
function useLog() {
  const [lastDays, setLastDays] = useState<number>(30);
  const [pages, setPages] = useState<string[]>([]);
  return {
    lastDays,
    variables: { lastDays, first: size, after: pages.at(-1) ?? null },
    pages,
    setPages,
    choose: (days: number) => {
      setPages([]);
      setLastDays(days);
    },
  };
}

type Log = ReturnType<typeof useLog>;

function Span({ log }: { log: Log }) {
  const { t } = useTranslation();
  return (
    <div className="tools">
      <label className="control narrow">
        <span>{t('control.period')}</span>
        <select value={log.lastDays} onChange={event => log.choose(Number(event.currentTarget.value))}>
          {spans.map(days => (
            <option key={days} value={days}>
              {t('log.lastDays', { count: days })}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Turn({ log, next }: { log: Log; next: string | null }) {
  const { t } = useTranslation();
  if (log.pages.length === 0 && !next) return null;
  return (
    <footer className="block-foot">
      <p className="actions">
        <button
          type="button"
          className="button"
          disabled={log.pages.length === 0}
          onClick={() => log.setPages(log.pages.slice(0, -1))}
        >
          {t('log.newer')}
        </button>
        <button
          type="button"
          className="button"
          disabled={!next}
          onClick={() => next && log.setPages([...log.pages, next])}
        >
          {t('log.older')}
        </button>
      </p>
    </footer>
  );
}

/** Details that fit a line stand there; longer ones open. */
const shortest = 60;

function Details({ value }: { value: unknown }) {
  const { t } = useTranslation();
  const text = value === null || value === undefined ? '{}' : JSON.stringify(value);
  if (text === '{}') return null;
  if (text.length <= shortest) return <code>{text}</code>;
  return (
    <details>
      <summary>{t('log.show')}</summary>
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}

interface Page {
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface Shown<Lines extends Page> {
  log: Log;
  answer: { data?: Lines | undefined; error?: unknown };
  name: string;
  heads: string[];
  row: (line: Lines['nodes'][number]) => ReactNode;
  /** What stands above the table. */
  above?: (lines: Lines) => ReactNode;
}

/** A page of a log as a table, and how to turn it. */
function Lines<Of extends Page>({ log, answer: { data: lines, error }, name, heads, row, above }: Shown<Of>) {
  const { t } = useTranslation();
  if (!lines) return error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>;
  return (
    <>
      <Span log={log} />
      {lines.nodes.length === 0 ? (
        <Empty title={t('log.empty')} />
      ) : (
        <section className="block" aria-label={name}>
          {above?.(lines)}
          <div className="table-scroll" role="group" aria-label={name} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  {heads.map(head => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {lines.nodes.map(line => (
                  <tr key={line.id}>{row(line)}</tr>
                ))}
              </tbody>
            </table>
          </div>
          <Turn log={log} next={lines.pageInfo.hasNextPage ? lines.pageInfo.endCursor : null} />
        </section>
      )}
    </>
  );
}

/** Every change of a roster. */
export function ActivityLog() {
  const { t } = useTranslation();
  const log = useLog();
  const { data, previousData, error } = useQuery(ActivityLogDocument, { variables: { ...log.variables, actions: null } });
  return (
    <Lines
      log={log}
      answer={{ data: (data ?? previousData)?.activityLog, error }}
      name={t('admin.activity')}
      heads={[t('log.when'), t('log.what'), t('uncategorised.class'), t('log.whom'), t('log.by'), t('log.details')]}
      above={({ totalCount }) => (
        <p className="muted" role="status">
          {t('log.total', { count: totalCount, lines: formatCount(totalCount) })}
        </p>
      )}
      row={line => (
        <>
          <td className="when">{formatMoment(line.createdAt)}</td>
          <td>{t(`log.${line.action}`)}</td>
          <td>{line.classId}</td>
          <td>{line.userId}</td>
          <td>{line.performedById}</td>
          <td className="details">
            <Details value={line.metadata} />
          </td>
        </>
      )}
    />
  );
}

/** Who did what, or was refused it. */
export function AuditLog() {
  const { t } = useTranslation();
  const log = useLog();
  const { data, previousData, error } = useQuery(AuditLogDocument, { variables: log.variables });
  return (
    <Lines
      log={log}
      answer={{ data: (data ?? previousData)?.auditLog, error }}
      name={t('admin.audit')}
      heads={[t('log.when'), t('log.what'), t('log.by'), t('log.on'), t('log.address'), t('log.details')]}
      row={line => (
        <>
          <td className="when">{formatMoment(line.createdAt)}</td>
          <td>{line.action}</td>
          <td>
            {line.login ?? line.performedById}
            {line.byPlatform && <span className="mark mark-quiet">{t('log.platform')}</span>}
          </td>
          <td>{[line.resourceType, line.resourceId].filter(Boolean).join(' ')}</td>
          <td>{line.address}</td>
          <td className="details">
            <Details value={line.details} />
          </td>
        </>
      )}
    />
  );
}

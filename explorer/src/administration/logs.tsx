import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
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

const detailsOf = (value: unknown): string =>
  value === null || value === undefined || JSON.stringify(value) === '{}' ? '' : JSON.stringify(value);

/** Every change of a roster. */
export function ActivityLog() {
  const { t } = useTranslation();
  const log = useLog();
  const { data, previousData, error } = useQuery(ActivityLogDocument, { variables: { ...log.variables, actions: null } });
  const lines = (data ?? previousData)?.activityLog;
  if (!lines) return error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>;
  return (
    <>
      <Span log={log} />
      {lines.nodes.length === 0 ? (
        <Empty title={t('log.empty')} />
      ) : (
        <section className="block" aria-label={t('admin.activity')}>
          <p className="muted" role="status">
            {t('log.total', { count: lines.totalCount, lines: formatCount(lines.totalCount) })}
          </p>
          <div className="table-scroll" role="group" aria-label={t('admin.activity')} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('log.when')}</th>
                  <th scope="col">{t('log.what')}</th>
                  <th scope="col">{t('uncategorised.class')}</th>
                  <th scope="col">{t('log.whom')}</th>
                  <th scope="col">{t('log.by')}</th>
                  <th scope="col">{t('log.details')}</th>
                </tr>
              </thead>
              <tbody>
                {lines.nodes.map(line => (
                  <tr key={line.id}>
                    <td className="when">{formatMoment(line.createdAt)}</td>
                    <td>{t(`log.${line.action}`)}</td>
                    <td>{line.classId}</td>
                    <td>{line.userId}</td>
                    <td>{line.performedById}</td>
                    <td className="details">{detailsOf(line.metadata)}</td>
                  </tr>
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

/** Who did what, or was refused it. */
export function AuditLog() {
  const { t } = useTranslation();
  const log = useLog();
  const { data, previousData, error } = useQuery(AuditLogDocument, { variables: log.variables });
  const lines = (data ?? previousData)?.auditLog;
  if (!lines) return error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>;
  return (
    <>
      <Span log={log} />
      {lines.nodes.length === 0 ? (
        <Empty title={t('log.empty')} />
      ) : (
        <section className="block" aria-label={t('admin.audit')}>
          <div className="table-scroll" role="group" aria-label={t('admin.audit')} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('log.when')}</th>
                  <th scope="col">{t('log.what')}</th>
                  <th scope="col">{t('log.by')}</th>
                  <th scope="col">{t('log.on')}</th>
                  <th scope="col">{t('log.address')}</th>
                  <th scope="col">{t('log.details')}</th>
                </tr>
              </thead>
              <tbody>
                {lines.nodes.map(line => (
                  <tr key={line.id}>
                    <td className="when">{formatMoment(line.createdAt)}</td>
                    <td>{line.action}</td>
                    <td>
                      {line.login ?? line.performedById}
                      {line.byPlatform && <span className="mark mark-quiet">{t('log.platform')}</span>}
                    </td>
                    <td>{[line.resourceType, line.resourceId].filter(Boolean).join(' ')}</td>
                    <td>{line.address}</td>
                    <td className="details">{detailsOf(line.details)}</td>
                  </tr>
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

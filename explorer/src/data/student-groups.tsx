import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readFile, type ProblemDetails } from '../download/read-file';
import { save } from '../download/sheet';
import { Notice } from '../parts/notice';
import { useSession } from '../session/session';
import { formatCount, formatMoment } from '../texts/format';
import { FileForm } from './file-form';
import { messagesOf } from './messages';
import { readJson, upload } from './upload';

interface GroupImport {
  id: number;
  status: 'ACCEPTED' | 'PROCESSED' | 'BAD_DATA';
  batch: string | null;
  created: string;
  message: string | null;
  /** 0 to 1 while it is being applied. */
  progress?: number;
}

const pause = 1_000;
const isImport = (body: GroupImport | ProblemDetails): body is GroupImport => 'id' in body;

/** Student group files: sent, followed until they are applied, and what was said of each row. */
export function StudentGroups() {
  const { t } = useTranslation();
  const { session } = useSession();
  const [sending, setSending] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [current, setCurrent] = useState<GroupImport | null>(null);
  const [earlier, setEarlier] = useState<GroupImport[]>([]);

  const list = useCallback(async () => {
    setEarlier(await readJson<GroupImport[]>(session, '/groups/imports?first=10').catch(() => []));
  }, [session]);
  useEffect(() => void list(), [list]);

  // What was accepted is applied in the background: ask until it is.
  useEffect(() => {
    if (current?.status !== 'ACCEPTED') return;
    const timer = setTimeout(() => {
      readJson<GroupImport>(session, `/imports/${current.id}`)
        .then(next => {
          setCurrent(next);
          if (next.status !== 'ACCEPTED') void list();
        })
        .catch(() => setCurrent({ ...current })); // asks again
    }, pause);
    return () => clearTimeout(timer);
  }, [current, session, list]);

  const send = async (file: File) => {
    setProblem(null);
    setCurrent(null);
    setSending(0);
    const body = new FormData();
    body.append('file', file, file.name);
    try {
      const answer = await upload<GroupImport>(session, { path: '/groups/imports', body, onProgress: setSending });
      if (answer.body && isImport(answer.body)) setCurrent(answer.body);
      else setProblem(answer.body?.detail ?? t('problem.failed'));
    } catch {
      setProblem(t('problem.tryAgain'));
    }
    setSending(null);
    void list();
  };
  const fetchFile = (path: string, name: string) =>
    readFile(session, path).then(file => save(file, name), () => setProblem(t('problem.tryAgain')));

  return (
    <section className="block" aria-labelledby="groups-heading">
      <header className="block-head">
        <div>
          <h2 id="groups-heading">{t('groups.title')}</h2>
          <p className="muted">{t('groups.what')}</p>
        </div>
        <p className="block-tools">
          <button type="button" className="button" onClick={() => void fetchFile('/groups/template', 'student-groups.csv')}>
            {t('groups.template')}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => void fetchFile('/groups/export', 'student-groups-export.csv')}
          >
            {t('groups.export')}
          </button>
        </p>
      </header>
      <FileForm label={t('groups.file')} accept=".csv,text/csv" progress={sending} onSend={file => void send(file)} />
      {problem && <Notice kind="warning" title={problem} live />}
      {current && <ImportState one={current} />}
      {earlier.length > 0 && <Earlier imports={earlier} />}
    </section>
  );
}

function ImportState({ one }: { one: GroupImport }) {
  const { t } = useTranslation();
  const kind = { ACCEPTED: 'info', PROCESSED: 'good', BAD_DATA: 'warning' } as const;
  const messages = messagesOf(one.message);
  return (
    <div className="import-state">
      <Notice kind={kind[one.status]} title={t(`groups.${one.status}`, { file: one.batch ?? one.id })} live>
        {one.status === 'ACCEPTED' && <progress {...(one.progress === undefined ? {} : { value: one.progress, max: 1 })} aria-label={t('data.working')} />}
      </Notice>
      {messages.length > 0 && (
        <div className="table-scroll short" role="group" aria-label={t('data.messages')} tabIndex={0}>
          <table>
            <caption className="hidden">{t('data.messages')}</caption>
            <thead>
              <tr>
                <th scope="col" className="number">
                  {t('data.row')}
                </th>
                <th scope="col">{t('data.message')}</th>
              </tr>
            </thead>
            <tbody>
              {messages.map(({ row, text }, index) => (
                <tr key={index}>
                  <td className="number">{row === null ? '' : row === 0 ? t('data.wholeFile') : formatCount(row)}</td>
                  <td>{text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function Earlier({ imports }: { imports: readonly GroupImport[] }) {
  const { t } = useTranslation();
  return (
    <details className="earlier">
      <summary>{t('groups.earlier')}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('log.when')}</th>
            <th scope="col">{t('groups.file')}</th>
            <th scope="col">{t('groups.status')}</th>
          </tr>
        </thead>
        <tbody>
          {imports.map(one => (
            <tr key={one.id}>
              <td>{formatMoment(one.created)}</td>
              <td>{one.batch ?? one.id}</td>
              <td>{t(`groups.short.${one.status}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

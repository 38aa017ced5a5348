import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProblemDetails } from '../download/read-file';
import { Notice } from '../parts/notice';
import { useSession } from '../session/session';
import { formatCount } from '../texts/format';
import { FileForm } from './file-form';
import { upload } from './upload';

interface Told {
  file: string;
  line: number;
  reason: string;
}

interface Imported {
  version: string;
  files: Record<string, { added: number; changed: number; unchanged: number; ended?: number; rejected: number }>;
  rejected: Told[];
  notices?: Told[];
}

const isImported = (body: Imported | ProblemDetails | null): body is Imported => body !== null && 'files' in body;
const counts = ['added', 'changed', 'unchanged', 'ended', 'rejected'] as const;

/** OneRoster bundles: what became of each file's rows. */
export function OneRoster() {
  const { t } = useTranslation();
  const { session } = useSession();
  const [sending, setSending] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [result, setResult] = useState<Imported | null>(null);
  const send = async (file: File) => {
    setProblem(null);
    setResult(null);
    setSending(0);
    try {
      const { body } = await upload<Imported>(session, {
        ...{ path: '/oneroster/imports', body: file, type: 'application/zip' },
        onProgress: setSending,
      });
      if (isImported(body)) setResult(body);
      else setProblem(body?.detail ?? t('problem.failed'));
    } catch {
      setProblem(t('problem.tryAgain'));
    }
    setSending(null);
  };
  const rejected = result ? Object.values(result.files).reduce((sum, file) => sum + file.rejected, 0) : 0;
  return (
    <section className="block" aria-labelledby="oneroster-heading">
      <header className="block-head">
        <div>
          <h2 id="oneroster-heading">{t('oneRoster.title')}</h2>
          <p className="muted">{t('oneRoster.what')}</p>
        </div>
      </header>
      <FileForm label={t('oneRoster.file')} accept=".zip,application/zip" progress={sending} onSend={file => void send(file)} />
      {problem && <Notice kind="warning" title={problem} live />}
      {result && (
        <>
          <Notice
            kind={rejected > 0 ? 'warning' : 'good'}
            title={rejected > 0 ? t('oneRoster.partly', { count: rejected, rows: formatCount(rejected) }) : t('oneRoster.done')}
            live
          />
          <div className="table-scroll" role="group" aria-label={t('oneRoster.files')} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('groups.file')}</th>
                  {counts.map(count => (
                    <th key={count} scope="col" className="number">
                      {t(`oneRoster.${count}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {Object.entries(result.files).map(([name, file]) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    {counts.map(count => (
                      <td key={count} className="number">
                        {formatCount(file[count] ?? 0)}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Rows title={t('oneRoster.rejectedRows')} rows={result.rejected} />
          <Rows title={t('oneRoster.notices')} rows={result.notices ?? []} />
        </>
      )}
    </section>
  );
}

function Rows({ title, rows }: { title: string; rows: readonly Told[] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <div className="table-scroll short" role="group" aria-label={title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('groups.file')}</th>
              <th scope="col" className="number">
                {t('data.row')}
              </th>
              <th scope="col">{t('data.message')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ file, line, reason }, index) => (
              <tr key={index}>
                <td>{file}</td>
                <td className="number">{line === 0 ? t('data.wholeFile') : formatCount(line)}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

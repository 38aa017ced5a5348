import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFrame, useLevelName } from '../app/frame-context';
import type { ExportFormat } from '../graph/operations';
import { Icon } from '../parts/icon';
import { Popover } from '../parts/popover';
import { nameOf, type Report, type ReportNode } from '../report/rows';
import type { View } from '../report/view';
import { reportSheet } from './report-sheet';
import { save, toCsv, toXlsx } from './sheet';
import type { AskFile } from './use-report-files';

interface Props {
  report: Report;
  node: ReportNode;
  view: View;
  onAskFile: AskFile;
  /** All files of this person are to be listed. */
  onList(): void;
}

const makers = { csv: toCsv, xlsx: toXlsx };

export function DownloadMenu({ report, node, view, onAskFile, onList }: Props) {
  const { t } = useTranslation();
  const { hierarchies, viewer, routes } = useFrame();
  const levelName = useLevelName(node.hierarchyId);
  const [failed, setFailed] = useState(false);
  const hierarchy = hierarchies.find(({ id }) => id === node.hierarchyId)?.name ?? node.hierarchyId;
  const download = async (format: 'csv' | 'xlsx') => {
    const sheet = reportSheet({ report, node, view, hierarchy, tenant: viewer.tenant.name, levelName, t });
    try {
      const file = await makers[format](sheet);
      const name = nameOf(node, t).replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'report';
      save(file, `strata-${name}-${view.period.from}-${view.period.through}.${format}`);
      setFailed(false);
    } catch {
      setFailed(true); // the part that writes workbooks could not be fetched
    }
  };
  const trigger = (
    <>
      <Icon name="download" />
      <span>{t('download.title')}</span>
    </>
  );
  return (
    <Popover trigger={trigger} align="end">
      {close => (
        <>
          <p className="panel-title">{t('download.lead')}</p>
          <ul className="menu">
            {(['csv', 'xlsx'] as const).map(format => (
              <li key={format}>
                <button
                  type="button"
                  onClick={() => {
                    void download(format);
                    close();
                  }}
                >
                  <span>{t(`download.${format}`)}</span>
                  <span className="muted">.{format}</span>
                </button>
              </li>
            ))}
          </ul>
          {failed && <p role="status">{t('problem.unavailable')}</p>}
          {routes.includes('GET /exports/:id/file') && (
            <MakeFile
              onAsk={(format, withLevels) => {
                onAskFile({ name: nameOf(node, t), view, format, withLevels });
                close();
              }}
              onList={() => {
                close(); // the focus is on the menu's button again, and comes back to it from the list
                onList();
              }}
            />
          )}
        </>
      )}
    </Popover>
  );
}

const formats = ['CSV', 'XLSX', 'PDF'] as const;

interface MakeFileProps {
  onAsk(format: ExportFormat, withLevels: boolean): void;
  onList(): void;
}

/** Files that the service makes: of all children, and of all that is below them. And those it has made. */
function MakeFile({ onAsk, onList }: MakeFileProps) {
  const { t } = useTranslation();
  const [withLevels, setWithLevels] = useState(false);
  const [title, what] = [useId(), useId()];
  return (
    <div className="make-file" role="group" aria-labelledby={title} aria-describedby={what}>
      <p id={title} className="panel-title">
        {t('file.title')}
      </p>
      <p id={what} className="muted">
        {t('file.what')}
      </p>
      <label>
        <input type="checkbox" checked={withLevels} onChange={event => setWithLevels(event.currentTarget.checked)} />{' '}
        {t('file.levels')}
      </label>
      <ul className="menu">
        {formats.map(format => (
          <li key={format}>
            <button type="button" onClick={() => onAsk(format, withLevels)}>
              {t(`file.${format}`)}
            </button>
          </li>
        ))}
      </ul>
      <p className="menu all-files">
        <button type="button" onClick={onList}>
          {t('earlier.open')}
        </button>
      </p>
    </div>
  );
}

import { useMutation, useQuery } from '@apollo/client/react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { codesOf } from '../graph/client';
import { NodeOfFileDocument, RemoveReportFileDocument, type EarlierFileFragment } from '../graph/operations';
import { Notice } from '../parts/notice';
import { Refused } from '../parts/problem';
import { nameOf } from '../report/rows';
import { formatCount, formatMoment } from '../texts/format';
import { FileAction, Why } from './file-action';
import { isUnfinished, useSaving } from './follow-file';
import { daysUntil } from './time-left';

interface Props {
  file: EarlierFileFragment;
  now: Date;
  /** Removed, or found to be gone. */
  onGone(): void;
}

/** A file of the list: what it is of, how far it is, how long it is kept, and what can be done with it. */
export function EarlierFile({ file, now, onGone }: Props) {
  const { t } = useTranslation();
  const heading = useId();
  const title = t(`fileOf.${file.report}`, { name: useNodeName(file), format: t(`file.${file.format}`) });
  const { saving, again } = useSaving(file, { wasSaved: true, onSaved: () => undefined });
  const [remove, removing] = useMutation(RemoveReportFileDocument, { variables: { id: file.id } });
  const removed = () =>
    void remove().then(onGone, (refused: unknown) => {
      if (codesOf(refused).includes('NOT_FOUND')) onGone();
    });
  return (
    <li aria-labelledby={heading}>
      <div className="earlier-what">
        <p id={heading} className="earlier-title">
          {title}
        </p>
        <State file={file} title={title} />
        <p className="muted">
          {file.fileName}
          <br />
          {t('earlier.asked', { moment: formatMoment(file.createdAt) })}
          {file.expiresAt &&
            ` · ${t('earlier.daysLeft', { count: daysUntil(file.expiresAt, now), moment: formatMoment(file.expiresAt) })}`}
        </p>
        {typeof saving === 'object' && (
          <Notice kind="warning" title={t('earlier.notFetched')} live>
            <Why error={saving.error} />
          </Notice>
        )}
        {removing.error && <Refused error={removing.error} />}
      </div>
      <p className="actions">
        {file.downloadUrl && (
          <FileAction
            text={t(saving === 'fetching' ? 'earlier.fetching' : 'earlier.save')}
            of={title}
            disabled={saving === 'fetching'}
            onClick={again}
          />
        )}
        <FileAction
          text={t(isUnfinished(file) ? 'action.cancel' : 'file.remove')}
          of={title}
          disabled={removing.loading}
          onClick={removed}
        />
      </p>
    </li>
  );
}

function State({ file: { status, progress, reason, rows }, title }: { file: EarlierFileFragment; title: string }) {
  const { t } = useTranslation();
  if (status === 'COMPLETED') return <p>{t('earlier.COMPLETED', { count: rows ?? 0, rows: formatCount(rows) })}</p>;
  if (status === 'FAILED') {
    return (
      <Notice kind="warning" title={t('earlier.FAILED')}>
        <p>{reason}</p>
      </Notice>
    );
  }
  const { share } = progress;
  return (
    <>
      <p>{t(`earlier.${status}`)}</p>
      <progress {...(share === null ? {} : { value: share, max: 1 })} aria-label={t('file.making', { file: title })} />
    </>
  );
}

/** What the node is called; its id where it is gone, or not this person's to see any more. */
function useNodeName({ nodeId, hierarchyId }: EarlierFileFragment): string {
  const { t } = useTranslation();
  const { data, loading } = useQuery(NodeOfFileDocument, { variables: { id: nodeId, hierarchyId }, fetchPolicy: 'cache-first' });
  if (!data && loading) return '…';
  return data?.hierarchyNode ? nameOf(data.hierarchyNode, t) : nodeId;
}

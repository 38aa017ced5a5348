import { useMutation } from '@apollo/client/react';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { codesOf } from '../graph/client';
import { RemoveReportFileDocument, type FileStateFragment } from '../graph/operations';
import { Notice } from '../parts/notice';
import { Refused } from '../parts/problem';
import { FileAction, Why } from './file-action';
import { useFileState, useSaving } from './follow-file';
import type { AskedFile } from './use-report-files';

interface Props {
  files: readonly AskedFile[];
  onSaved(key: number): void;
  onGone(key: number): void;
}

/** What became of the files that were asked for, under the report's heading. */
export function ReportFiles({ files, onSaved, onGone }: Props) {
  const { t } = useTranslation();
  const all = useRef<HTMLDivElement>(null);
  return (
    <div ref={all} className="files" role="group" aria-label={t('file.list')} tabIndex={-1}>
      {files.map(({ key, title, taken, error, saved = false }) => {
        const gone = () => {
          all.current?.focus(); // the button that had the focus goes away
          onGone(key);
        };
        const saving = { wasSaved: saved, onSaved: () => onSaved(key) };
        if (taken) return <FollowedFile key={key} title={title} first={taken} onGone={gone} {...saving} />;
        if (error !== undefined) return <NotTaken key={key} title={title} error={error} onGone={gone} />;
        return <BeingMade key={key} title={title} />;
      })}
    </div>
  );
}

function BeingMade({ title, share = null, children }: { title: string; share?: number | null; children?: ReactNode }) {
  const { t } = useTranslation();
  const making = t('file.making', { file: title });
  return (
    <Notice icon="download" title={making} live>
      <progress {...(share === null ? {} : { value: share, max: 1 })} aria-label={making} />
      {children}
    </Notice>
  );
}

function NotTaken({ title, error, onGone }: { title: string; error: unknown; onGone(): void }) {
  const { t } = useTranslation();
  return (
    <Notice kind="warning" title={t('file.failed', { file: title })} live>
      <Why error={error} />
      <p className="actions">
        <FileAction text={t('action.close')} of={title} onClick={onGone} />
      </p>
    </Notice>
  );
}

interface Followed {
  title: string;
  /** The state in which it was taken. */
  first: FileStateFragment;
  wasSaved: boolean;
  onSaved(): void;
  onGone(): void;
}

/** A file from its request to its download. Removing it has it not made, or not kept. */
function FollowedFile({ title, first, onGone, ...saved }: Followed) {
  const { t } = useTranslation();
  const { state, error } = useFileState(first);
  const { saving, again } = useSaving(state, saved);
  const [remove, removing] = useMutation(RemoveReportFileDocument);
  const removed = () =>
    void remove({ variables: { id: first.id } }).then(onGone, (refused: unknown) => {
      if (codesOf(refused).includes('NOT_FOUND')) onGone();
    });
  const actions = (text: string, others?: ReactNode) => (
    <>
      {removing.error && <Refused error={removing.error} />}
      <p className="actions">
        {others}
        <FileAction text={text} of={title} disabled={removing.loading} onClick={removed} />
      </p>
    </>
  );
  if (error) {
    return (
      <Notice kind="warning" title={t('file.notFetched', { file: title })} live>
        <Why error={error} />
        {actions(t('file.remove'))}
      </Notice>
    );
  }
  if (!state) {
    return (
      <Notice kind="warning" title={t('file.gone', { file: title })} live>
        <p className="actions">
          <FileAction text={t('action.close')} of={title} onClick={onGone} />
        </p>
      </Notice>
    );
  }
  if (state.status === 'FAILED') {
    return (
      <Notice kind="warning" title={t('file.failed', { file: title })} live>
        <p>{state.reason}</p>
        {actions(t('file.remove'))}
      </Notice>
    );
  }
  if (state.status !== 'COMPLETED') {
    return (
      <BeingMade title={title} share={state.progress.share}>
        {actions(t('action.cancel'))}
      </BeingMade>
    );
  }
  if (saving === 'fetching') return <Notice icon="download" title={t('file.fetching', { file: title })} live />;
  const saveAgain = <FileAction text={t('file.again')} of={title} onClick={again} />;
  return (
    <Notice
      kind={saving === 'saved' ? 'good' : 'warning'}
      title={t(saving === 'saved' ? 'file.saved' : 'file.notFetched', { file: title })}
      live
    >
      {saving !== 'saved' && <Why error={saving.error} />}
      {actions(t('file.remove'), saveAgain)}
    </Notice>
  );
}

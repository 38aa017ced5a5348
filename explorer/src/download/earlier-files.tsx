import { useQuery } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReportFilesDocument } from '../graph/operations';
import { Dialog } from '../parts/dialog';
import { Empty, Notice } from '../parts/notice';
import { Problem } from '../parts/problem';
import { Paging } from '../report/paging';
import { EarlierFile } from './earlier-file';
import { Why } from './file-action';
import { isUnfinished } from './follow-file';

const size = 10;

/** Milliseconds between two questions while a file is being made and somebody looks. */
const pause = 2_000;

interface Props {
  onClose(): void;
  onRemoved(id: string): void;
}

/** All the files that the service keeps for this person, newest first, wherever they were asked for. */
export function EarlierFiles({ onClose, onRemoved }: Props) {
  const { t } = useTranslation();
  const [pages, setPages] = useState<string[]>([]);
  const list = useRef<HTMLDivElement>(null);
  const { data, previousData, error, refetch, startPolling, stopPolling } = useQuery(ReportFilesDocument, {
    variables: { first: size, after: pages.at(-1) ?? null },
    fetchPolicy: 'network-only',
    skipPollAttempt: () => document.hidden,
  });
  const files = (data ?? previousData)?.exports;
  const isMaking = files?.nodes?.some(file => isUnfinished(file ?? null)) ?? false;
  useEffect(() => {
    if (!isMaking) return;
    startPolling(pause);
    return stopPolling;
  }, [isMaking, startPolling, stopPolling]);
  const isPastTheEnd = files?.nodes?.length === 0 && pages.length > 0;
  useEffect(() => {
    if (isPastTheEnd) setPages(before => before.slice(0, -1)); // the last file of the last page was removed
  }, [isPastTheEnd]);
  const gone = (id: string) => {
    list.current?.focus(); // the button that had the focus goes away
    onRemoved(id);
    void refetch().catch(() => undefined); // `error` tells it
  };
  return (
    <Dialog title={t('earlier.title')} onClose={onClose}>
      <p className="muted">{t('earlier.lead')}</p>
      <div ref={list} role="group" aria-label={t('earlier.title')} tabIndex={-1}>
        {!files && (error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>)}
        {files && error && (
          <Notice kind="warning" title={t('earlier.stale')} live>
            <Why error={error} />
          </Notice>
        )}
        {files?.totalCount === 0 && (
          <Empty icon="download" title={t('earlier.none')}>
            <p>{t('earlier.noneWhy')}</p>
          </Empty>
        )}
        <ul className="earlier-files">
          {files?.nodes?.map(file => <EarlierFile key={file.id} file={file} now={new Date()} onGone={() => gone(file.id)} />)}
        </ul>
        {files && files.totalCount > 0 && (
          <Paging
            total={files.totalCount}
            before={pages.length * size}
            shown={files.nodes.length}
            next={files.pageInfo.hasNextPage ? files.pageInfo.endCursor : null}
            pages={pages}
            onTurn={setPages}
          />
        )}
      </div>
    </Dialog>
  );
}

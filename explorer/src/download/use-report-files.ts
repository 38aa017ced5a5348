import { useApolloClient } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RequestReportFileDocument, type ExportFormat, type ExportInput, type FileStateFragment } from '../graph/operations';
import type { View } from '../report/view';

/** A file that was asked for on this page. */
export interface AskedFile {
  key: number;
  /** What it is, for people: India, CSV. */
  title: string;
  /** Its first state, when the service has taken the request. */
  taken?: FileStateFragment;
  /** Why the service did not take it. */
  error?: unknown;
  /** Handed to the browser: not once more without being asked, where the page shows something else in between. */
  saved?: boolean;
}

interface Wish {
  /** Of the node. */
  name: string;
  view: View;
  format: ExportFormat;
  /** All that is below the node, not its children alone. */
  withLevels: boolean;
}

export type AskFile = (wish: Wish) => void;

/** The report of a view as the service is asked for it. Levels have an order of their own. */
export const fileInput = ({ view, format, withLevels }: Omit<Wish, 'name'>): ExportInput => ({
  report: withLevels ? 'LEVELS' : 'NODE_REPORT',
  format,
  nodeId: view.node,
  hierarchyId: view.hierarchy,
  period: view.period,
  filter: view.filter,
  orderBy: withLevels ? null : view.order,
});

/** The files asked for since the page was opened, oldest first. They stay while the page goes from node to node. */
export function useReportFiles() {
  const { t } = useTranslation();
  const client = useApolloClient();
  const [files, setFiles] = useState<AskedFile[]>([]);
  const asked = useRef(0);
  const change = (key: number, part: Omit<Partial<AskedFile>, 'key'>) =>
    setFiles(before => before.map(file => (file.key === key ? { ...file, ...part } : file)));
  const ask: AskFile = ({ name, ...wish }) => {
    const key = ++asked.current;
    const input = fileInput(wish);
    const title = t(`fileOf.${input.report ?? 'NODE_REPORT'}`, { name, format: t(`file.${wish.format}`) });
    setFiles(before => [...before, { key, title }]);
    client.mutate({ mutation: RequestReportFileDocument, variables: { input } }).then(
      ({ data }) => change(key, data ? { taken: data.requestExport } : { error: new Error('no answer') }),
      (error: unknown) => change(key, { error }),
    );
  };
  const drop = (key: number) => setFiles(before => before.filter(file => file.key !== key));
  /** A file that was removed where all of them are listed. */
  const dropRemoved = (id: string) => setFiles(before => before.filter(({ taken }) => taken?.id !== id));
  const markSaved = (key: number) => change(key, { saved: true });
  return { files, ask, drop, dropRemoved, markSaved };
}

import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import { codesOf } from '../graph/client';
import { ReportFileDocument, type FileStateFragment } from '../graph/operations';
import { useSession } from '../session/session';
import { readFile, RouteRefused } from './read-file';
import { save } from './sheet';

/** Milliseconds between two questions: soon for a small file, seldom for one that takes long or that nobody looks at. */
const pauses = { first: 400, growth: 1.5, longest: 5_000 };

export const isUnfinished = (state: Pick<FileStateFragment, 'status'> | null): boolean =>
  state?.status === 'PENDING' || state?.status === 'PROCESSING';

/** Passes by itself: the next question may be answered. */
const isPassing = (error: unknown): boolean =>
  codesOf(error).some(code => code === 'UNAVAILABLE' || code === 'RATE_LIMITED');

/**
 * Asks how far a file is until it is finished, one way or the other, or the page goes. Its state is null once the
 * service has it no more.
 */
export function useFileState(first: FileStateFragment) {
  const client = useApolloClient();
  const { id } = first;
  const [state, setState] = useState<FileStateFragment | null>(first);
  const [error, setError] = useState<unknown>();
  const goesOn = isUnfinished(state) && !error;
  useEffect(() => {
    if (!goesOn) return;
    const leaving = new AbortController();
    const context = { fetchOptions: { signal: leaving.signal } };
    let [pause, timer] = [pauses.first, 0];
    const askLater = () => {
      timer = window.setTimeout(() => void askNow(), document.hidden ? pauses.longest : pause);
      pause = Math.min(pause * pauses.growth, pauses.longest);
    };
    const askNow = async () => {
      const { data, error: wrong } = await client
        .query({ query: ReportFileDocument, variables: { id }, context })
        .catch((thrown: unknown) => ({ data: undefined, error: thrown }));
      if (leaving.signal.aborted) return;
      if (wrong && !isPassing(wrong)) return setError(wrong);
      const next = wrong ? undefined : (data?.export as FileStateFragment | null | undefined);
      if (next !== undefined) setState(next);
      if (next === undefined || isUnfinished(next)) askLater();
    };
    askLater();
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [goesOn, client, id]);
  return { state, error };
}

export type Saving = 'fetching' | 'saved' | { error: unknown };

interface Saved {
  wasSaved: boolean;
  onSaved(): void;
}

/** Fetches a file with the session's token once it is there, hands it to the browser, and again on demand. */
export function useSaving(state: FileStateFragment | null, { wasSaved, onSaved }: Saved): { saving: Saving; again(): void } {
  const { session, end } = useSession();
  const [saving, setSaving] = useState<Saving>(wasSaved ? 'saved' : 'fetching');
  const [tries, setTries] = useState(wasSaved ? 0 : 1);
  const again = useCallback(() => {
    setSaving('fetching');
    setTries(before => before + 1);
  }, []);
  const { downloadUrl, fileName } = state ?? {};
  useEffect(() => {
    if (!downloadUrl || !fileName || tries === 0) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    readFile(session, downloadUrl, signal).then(
      file => {
        if (signal.aborted) return;
        save(file, fileName);
        setSaving('saved');
        onSaved();
      },
      (error: unknown) => {
        if (signal.aborted) return;
        if (error instanceof RouteRefused && error.status === 401) end('refused');
        else setSaving({ error });
      },
    );
    return () => leaving.abort();
    // `end` and `onSaved` are left out: they are other functions each time the page is drawn, and do the same.
  }, [session, downloadUrl, fileName, tries]);
  return { saving, again };
}

import { ApolloProvider } from '@apollo/client/react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Navigate, Route, Routes, useNavigate } from 'react-router';
import { clientFor } from '../graph/client';
import { Notice } from '../parts/notice';
import { ReportPage } from '../report/report-page';
import {
  SessionContext,
  storedSession,
  storeSession,
  type EndReason,
  type Session,
} from '../session/session';
import { readSettings, type Settings } from '../session/settings';
import { SignIn } from '../session/sign-in';
import { Frame } from './frame';

// What most visits do not need comes when it is wanted.
const Analytics = lazy(() => import('../analytics/analytics'));
const Administration = lazy(() => import('../administration/administration'));
const Data = lazy(() => import('../data/data'));

export function App() {
  const { t } = useTranslation();
  const [settings, setSettings] = useState<Settings | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    readSettings().then(setSettings, () => setFailed(true));
  }, []);
  if (failed) return <Notice kind="warning" title={t('problem.unavailable')} live />;
  return settings && (
    <BrowserRouter>
      <Gate settings={settings} />
    </BrowserRouter>
  );
}

/** The sign-in until somebody is signed in; the address stays, so that a link opens what it links to. */
function Gate({ settings }: { settings: Settings }) {
  const [session, setSession] = useState(storedSession);
  const [reason, setReason] = useState<EndReason | null>(null);
  const navigate = useNavigate();
  const enter = (next: Session) => {
    storeSession(next);
    setReason(null);
    setSession(next);
  };
  if (!session) return <SignIn settings={settings} reason={reason} onSignIn={enter} />;
  const end = (why: EndReason) => {
    storeSession(null);
    setReason(why);
    setSession(null);
    // Where somebody was is nobody else's; where a token merely ran out, they go on there.
    if (why === 'ended') void navigate('/');
  };
  const change = (next: Session) => {
    enter(next);
    void navigate('/');
  };
  return (
    <SignedIn
      key={`${session.token}${session.actingTenant ?? ''}`}
      settings={settings}
      session={session}
      change={change}
      end={end}
    />
  );
}

interface SignedInProps {
  settings: Settings;
  session: Session;
  change(session: Session): void;
  end(reason: EndReason): void;
}

function SignedIn({ settings, session, change, end }: SignedInProps) {
  const { t } = useTranslation();
  // The page is made anew for another session: its first client is its only one.
  const [client] = useState(() => clientFor(session, () => end('refused')));
  const control = useMemo(() => ({ session, change, end }), [session, change, end]);
  return (
    <SessionContext value={control}>
      <ApolloProvider client={client}>
        <Frame settings={settings}>
          <Suspense fallback={<main className="page loading">{t('state.loading')}</main>}>
            <Routes>
              <Route path="/" element={<ReportPage />} />
              <Route path="/analytics" element={<Analytics />} />
              <Route path="/administration/:page?" element={<Administration />} />
              <Route path="/data" element={<Data />} />
              <Route path="*" element={<Navigate to="/" replace />} />
            </Routes>
          </Suspense>
        </Frame>
      </ApolloProvider>
    </SessionContext>
  );
}

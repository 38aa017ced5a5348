import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './graphiql.css';
import { createRoot } from 'react-dom/client';
import { GraphiQL, type GraphiQLProps } from 'graphiql';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { queries } from 'virtual:queries';
import { headersOf, storedSession } from '../session/session';
import { readDemoPeople, readSettings } from '../session/settings';

/** As whoever is signed in; in the demo without that, as the first administrator there is. */
async function headers(): Promise<Record<string, string>> {
  const session = storedSession();
  if (session) return headersOf(session);
  const { demo } = await readSettings();
  const admin = demo ? (await readDemoPeople()).find(({ roles }) => roles.includes('ORG_ADMIN')) : undefined;
  return admin ? headersOf({ token: admin.token }) : { authorization: 'Bearer ' };
}

// Tokens are short-lived and somebody's: nothing is kept between two visits.
const storage: NonNullable<GraphiQLProps['storage']> = {
  length: 0,
  getItem: () => null,
  setItem: () => undefined,
  removeItem: () => undefined,
  clear: () => undefined,
};

void headers().then(known => {
  const text = JSON.stringify(known, null, 2);
  createRoot(document.getElementById('graphiql')!).render(
    <GraphiQL
      fetcher={createGraphiQLFetcher({ url: '/graphql', headers: known })}
      storage={storage}
      defaultHeaders={text}
      defaultTabs={queries.map(query => ({ query, headers: text }))}
      defaultEditorToolsVisibility="headers"
    />,
  );
});

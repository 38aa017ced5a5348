import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { headersOf, type Session } from '../session/session';

/** One client a session: what one person has read is never shown to another. */
export function clientFor(session: Session, onRefused: () => void): ApolloClient {
  const identity = new SetContextLink(() => ({ headers: headersOf(session) }));
  const watch = new ErrorLink(({ error }) => {
    if (codesOf(error).includes('UNAUTHENTICATED')) onRefused();
  });
  return new ApolloClient({
    link: ApolloLink.from([watch, identity, new HttpLink({ uri: '/graphql' })]),
    cache: new InMemoryCache({
      typePolicies: {
        HierarchyNode: { keyFields: ['id', 'hierarchyId'] },
        Viewer: { keyFields: ['id'] },
        TenantSettings: { keyFields: [] },
        RiskSettings: { keyFields: [] },
        HierarchyChangePreview: { keyFields: ['hierarchyId'] },
      },
    }),
    defaultOptions: {
      watchQuery: { errorPolicy: 'all', fetchPolicy: 'cache-and-network' },
      query: { errorPolicy: 'all', fetchPolicy: 'network-only' },
    },
  });
}

/** The codes of what went wrong; a broken connection has UNAVAILABLE. */
export function codesOf(error: unknown): string[] {
  if (!error) return [];
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(one => String(one.extensions?.code ?? ''));
  const status = (error as { statusCode?: number }).statusCode;
  return [status === 401 ? 'UNAUTHENTICATED' : 'UNAVAILABLE'];
}

/** What the service said, for people: its messages are written for them. */
export const messageOf = (error: unknown): string =>
  CombinedGraphQLErrors.is(error)
    ? [...new Set(error.errors.map(one => one.message))].join(' ')
    : error instanceof Error
      ? error.message
      : String(error);

/* eslint-disable @typescript-eslint/no-namespace -- the library asks for the defaults' types in this shape */
declare module '@apollo/client' {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: 'all';
      }
      interface Query {
        errorPolicy: 'all';
      }
    }
  }
}

import type { FormattedExecutionResult } from 'graphql';
import type { Credentials } from '../subgraphs/shared/access/caller';
import type { SubgraphName } from '../subgraphs/shared/environment';
import { checkedDocumentStore } from '../subgraphs/shared/subgraph/documents';
import type { Check } from '../subgraphs/shared/subgraph/ready';
import type { RunningRoute } from '../subgraphs/shared/subgraph/route';
import type { RunningSubgraph } from '../subgraphs/shared/subgraph/subgraph';

export interface Fetch {
  query: string;
  variables: Record<string, unknown> | undefined;
  operationName: string | undefined;
  credentials: Credentials;
  signal?: AbortSignal;
}

/** How the gateway reaches one subgraph: in its own process or over HTTP. Nothing above can tell which. */
export interface SubgraphConnection {
  readonly name: SubgraphName;
  /** Answers with objects that are the caller's to change. Rejects where the subgraph gives no answer. */
  fetch(request: Fetch): Promise<FormattedExecutionResult>;
  /** The version of all that answers to this caller depend on; without it none is given twice. */
  version?(credentials: Credentials): Promise<string>;
  readonly routes: readonly RunningRoute[];
  readonly check: Check;
}

/** A subgraph of this process. */
export function inProcess(running: RunningSubgraph): SubgraphConnection {
  const checked = checkedDocumentStore(running.schema);
  return {
    name: running.name,
    routes: running.routes,
    check: { name: running.name, look: async () => void (await running.database.ping()) },
    version: credentials => running.version(credentials),
    fetch: async ({ query, ...rest }) => {
      const known = checked(query);
      if ('document' in known) return running.execute({ document: known.document, ...rest });
      // A value that stands in the query's own text, such as a date: only the subgraph's schema knows what is wrong with it.
      return { errors: known.errors.map(({ message }) => ({ message, extensions: { code: 'BAD_USER_INPUT' } })) };
    },
  };
}

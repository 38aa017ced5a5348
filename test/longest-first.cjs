'use strict';
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Begins with what takes longest, so that no worker is left alone with it at the end. Jest does so itself once it has
 * run everything before; a clean clone has nothing to go by but the size of the files.
 */
const longest = [
  'sums-add-up',
  'holes',
  'competency-counts-add-up',
  'analytics-of-bundles',
  'who-may-change-what',
  'behind-pgbouncer',
  'demo-in-the-graph',
  'oulad-in-the-graph',
  'isolation',
  'exports-at-scale',
  'crash-postgres',
  'place-many.property',
  'retention-of-figures',
  'each-lock-alone',
  'cli/run/start',
  'cli/run/demo',
  'group-files-at-scale',
  'stored-sums',
  'exports-equal-reports',
  'two-of-each',
  'replica',
  'purge',
  'crash-service',
  'looks',
  'report-files',
];

const placeOf = ({ path }) => {
  const place = longest.findIndex(name => new RegExp(`/${name}\\.(test|browser)\\.ts$`).test(path));
  return place < 0 ? longest.length : place;
};

class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => placeOf(a) - placeOf(b)); // stable: the others stay as they were
  }
}

module.exports = LongestFirst;

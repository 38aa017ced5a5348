/** Who may import whom. A room that no longer fits is rebuilt; a rule is not loosened. */
const tests = '\\.test\\.ts$|^test/|^bench/';
const subgraphs = ['hierarchy', 'roster', 'competency', 'reporting'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { pathNot: '\\.type\\.ts$' } } },
    ...subgraphs.map(name => ({
      name: `${name}-is-used-through-published`,
      comment: "Of another subgraph only its published.ts (and published-changes.ts) may be imported: functions that are handed the transaction.",
      severity: 'error',
      from: { path: '^subgraphs/', pathNot: [`^subgraphs/${name}/`, '^subgraphs/index\\.ts$', tests] },
      to: { path: `^subgraphs/${name}/`, pathNot: `^subgraphs/${name}/published(-changes)?\\.ts$` },
    })),
    {
      name: 'the-gateway-knows-no-inside',
      comment: 'The gateway takes the list of subgraphs, the supergraph and what all share.',
      severity: 'error',
      from: { path: '^gateway/', pathNot: tests },
      to: { path: '^(subgraphs/(hierarchy|roster|competency|reporting)/|cli/|migrations/)' },
    },
    {
      name: 'shared-imports-nothing-above-it',
      severity: 'error',
      from: { path: '^subgraphs/shared/', pathNot: tests },
      to: { path: '^(gateway|cli|subgraphs/(hierarchy|roster|competency|reporting|index\\.ts))' },
    },
    {
      name: 'the-explorer-is-a-client',
      comment: 'It knows the graph and the routes, and nothing of what stands behind them.',
      severity: 'error',
      from: { path: '^explorer/' },
      to: { path: '^(gateway|cli|subgraphs|migrations|test)/' },
    },
    {
      name: 'nothing-imports-the-explorer',
      severity: 'error',
      from: { pathNot: '^explorer/' },
      to: { path: '^explorer/' },
    },
    {
      name: 'migrations-stand-alone',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(gateway|cli|subgraphs)' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: `${tests}|jest\\.config` },
      to: { path: '^test/|\\.test\\.ts$' },
    },
    {
      name: 'resolvers-reach-data-through-loaders',
      comment: 'What a resolver reads, a loader reads for it; of a query file it takes types at most.',
      severity: 'error',
      from: { path: '\\.resolver\\.ts$' },
      to: { path: '\\.queries\\.ts$|node_modules/(pg|typeorm)/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};

import tseslint from 'typescript-eslint';

const sqlOnlyIn = {
  selector: "TemplateLiteral > TemplateElement[value.raw=/^\\s*(select|insert into|update \\w+ set|delete from|with \\w+ as)\\s/i]",
  message: 'SQL stands in *.queries.ts, published.ts and migrations only.',
};

export default tseslint.config(
  { ignores: ['dist/', 'dist-explorer/', '.dist-*', 'node_modules/', 'coverage/', 'bench/results/', 'explorer/src/graph/operations.ts'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-unsafe-function-type': 'off', // classes are handed to type-graphql and TypeORM as functions
      '@typescript-eslint/consistent-type-imports': 'off', // decorators need some of them as values
      '@typescript-eslint/no-explicit-any': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 4 }],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.resolver.ts', '**/*.test.ts'],
    rules: { 'max-params': 'off' }, // a field's arguments are a method's parameters; a table's columns a test's
  },
  {
    files: ['**/*.{ts,tsx}'],
    ignores: ['**/*.queries.ts', '**/published.ts', 'migrations/**', '**/*.test.ts', 'test/**', 'bench/**'],
    rules: { 'no-restricted-syntax': ['error', sqlOnlyIn] },
  },
  {
    files: ['subgraphs/**/*.ts'],
    ignores: ['subgraphs/shared/loader.ts'],
    rules: {
      'no-restricted-imports': ['error', { name: 'dataloader', message: 'shared/loader.ts has Loader, whose batches are counted and traced.' }],
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['cli/**', 'bench/**', 'test/**', '**/*.test.ts', 'gateway/compose.ts', 'explorer/*.mjs'], rules: { 'no-console': 'off' } },
  { files: ['cli/generate/{places,people-names,subjects}.ts'], rules: { 'max-lines': 'off' } }, // lists
);

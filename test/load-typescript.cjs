/** For processes that tests start: TypeScript, where what is imported late is a CommonJS module like all others. */
const { register } = require('esbuild-register/dist/node');

register({ target: `node${process.versions.node}`, supported: { 'dynamic-import': false } });

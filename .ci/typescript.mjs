// Lets Node run the TypeScript sources: `node --import ./.ci/typescript.mjs file.ts`. Types are removed and
// nothing else is changed, so that the specs run the code that the compiler writes to dist/.
import Module, { register } from 'node:module';
import './optimise-late.mjs';

register('./typescript-hooks.mjs', import.meta.url);
process.setSourceMapsEnabled(true);
// Mocha requires a file first and imports it when that fails. The sources are ES modules.
Module._extensions['.ts'] = (_, path) => {
  throw Object.assign(new Error(`${path} is an ES module: import it`), { code: 'ERR_REQUIRE_ESM' });
};

// Bundles the library into one module for browsers, dist/browser/norewind.js, which a page can import as it is. The
// views and loops of ndarray and ndarray-ops, which compile text at run time, are replaced by lib/portable, so that it
// also runs under a Content Security Policy without 'unsafe-eval'; the relaxed kernels are left out.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const portable = { ndarray: 'ndarray', 'ndarray-ops': 'ops' };
const contentsOf = (name) =>
  `export { ${portable[name]} as default } from ${JSON.stringify(join(root, 'lib', 'portable', `${name}.ts`))};`;
const isRelaxed = /[\\/]wasm[\\/]relaxed\.ts$/;
const withoutRelaxed = "export const binary = '';";

/** The same for other bundlers, as a plugin of Vite. */
export const inBrowsers = {
  name: 'in-browsers',
  enforce: 'pre',
  resolveId: (id) => (id in portable ? `\0portable:${id}` : undefined),
  load(id) {
    if (id.startsWith('\0portable:')) return contentsOf(id.slice('\0portable:'.length));
    return isRelaxed.test(id) ? withoutRelaxed : undefined;
  },
};

/** Replaces packages and modules that are not for browsers. */
const replaced = {
  name: 'replaced',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^ndarray(-ops)?$/ }, ({ path }) => ({ path, namespace: 'portable' }));
    onLoad({ filter: /.*/, namespace: 'portable' }, ({ path }) => ({
      contents: contentsOf(path),
      resolveDir: root,
    }));
    onLoad({ filter: isRelaxed }, () => ({ contents: withoutRelaxed }));
  },
};

/** @param outfile the file to write. */
export function buildBrowser(outfile) {
  return build({
    absWorkingDir: root,
    entryPoints: [join('trainers', 'norewind.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    plugins: [replaced],
    logLevel: 'error',
  });
}

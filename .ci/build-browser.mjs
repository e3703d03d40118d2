// Bundles the library into one module for browsers, dist/browser/norewind.js, which a page can import as it is. The
// views and loops of ndarray and ndarray-ops, which compile text at run time, are replaced by lib/portable, so that it
// also runs under a Content Security Policy without 'unsafe-eval'; the kernels are compressed, and the relaxed ones left
// out.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inPortable = (name) => JSON.stringify(join(root, 'lib', 'portable', `${name}.ts`));

/** Packages that have a replacement: its module in lib/portable, and its name there. */
const packages = { ndarray: 'ndarray', 'ndarray-ops': 'ops' };

/** Modules of lib/kernels/wasm that have a replacement: their new text, by the old one. */
const modules = {
  relaxed: () => "export const binary = '';",
  strict: (text) => text.replace(/(?<=binary =\s*')[^']+/, packed),
  unpack: () => `export { unpack } from ${inPortable('unpack')};`,
};
const isModule = /[\\/]kernels[\\/]wasm[\\/](relaxed|strict|unpack)\.ts$/;

/** Base64 hides repetitions from what compresses the file later, so they are taken out before. */
function packed(base64) {
  const bytes = Buffer.from(base64, 'base64');
  return `${bytes.length}:${deflateRawSync(bytes, { level: 9 }).toString('base64')}`;
}

const inParts = (_, names) =>
  names
    .split(', ')
    .map((name) => `import * as ${name} from 'gl-matrix/esm/${name}.js';`)
    .join(' ');

const packageText = (name) => `export { ${packages[name]} as default } from ${inPortable(name)};`;
/** lib/portable/unpack.ts is made of the module that it replaces. */
const moduleText = (path) => modules[isModule.exec(path)[1]](readFileSync(path, 'utf8'));
const isKept = (importer) => /[\\/]portable[\\/]unpack\.ts$/.test(importer);

/** The same for other bundlers, as a plugin of Vite. */
export const inBrowsers = {
  name: 'in-browsers',
  enforce: 'pre',
  resolveId(id, importer) {
    if (id in packages) return `\0portable:${id}`;
    if (importer !== undefined && isKept(importer) && isModule.test(id))
      return `${join(dirname(importer), id)}?kept`;
    return undefined;
  },
  load(id) {
    if (id.startsWith('\0portable:')) return packageText(id.slice('\0portable:'.length));
    return isModule.test(id) ? moduleText(id) : undefined;
  },
};

/** Replaces packages and modules that are not for browsers. */
const replaced = {
  name: 'replaced',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^ndarray(-ops)?$/ }, ({ path }) => ({ path, namespace: 'portable' }));
    onLoad({ filter: /.*/, namespace: 'portable' }, ({ path }) => ({
      contents: packageText(path),
      resolveDir: root,
    }));
    onResolve({ filter: /unpack\.ts$/ }, ({ path, importer, resolveDir }) =>
      isKept(importer) ? { path: join(resolveDir, path), suffix: '?kept' } : undefined,
    );
    // Its parts are imported one by one, since esbuild drops what is unused of a module, but not of a module in another.
    onLoad({ filter: /[\\/]trainers[\\/]tasks[\\/]\w+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/import \{ (.+) \} from 'gl-matrix';/, inParts),
      loader: 'ts',
    }));
    onLoad({ filter: isModule }, ({ path, suffix }) =>
      suffix === '?kept' ? undefined : { contents: moduleText(path), loader: 'ts' },
    );
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

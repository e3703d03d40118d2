// Bundles the library into one module for browsers, dist/browser/norewind.js, which a page can import as it is. The
// views and loops of ndarray and ndarray-ops, which compile text at run time, are replaced by lib/portable, so that it
// also runs under a Content Security Policy without 'unsafe-eval'; the kernels are compressed, and the relaxed ones left
// out.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import lzma from 'lzma';
import { rolldown } from 'rolldown';

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
  const [settings, ...data] = lzma.compress(bytes, 9);
  if (settings !== 0x5d) throw new Error(`lib/portable/lzma.ts does not decode the settings ${settings}`);
  // The size of its window, and that of the result, stand before the data.
  return `${bytes.length}:${Buffer.from(data.slice(12)).toString('base64')}`;
}

/** Replaces modules that browsers lack: a plugin of Rolldown and Vite. */
export const inBrowsers = {
  name: 'in-browsers',
  enforce: 'pre',
  resolveId: (id) => (id in packages ? `\0portable:${id}` : undefined),
  load(id) {
    const name = id.replace(/^\0portable:/, '');
    if (name !== id) return `export { ${packages[name]} as default } from ${inPortable(name)};`;
    const [, module] = isModule.exec(id) ?? [];
    return module === undefined
      ? undefined
      : { code: modules[module](readFileSync(id, 'utf8')), moduleType: 'ts' };
  },
  transform(code, id) {
    // Its functions that are made by a call are left out where they are not used.
    return /[\\/]gl-matrix[\\/]/.test(id)
      ? code.replace(/= function \(\) \{/g, '= /* @__PURE__ */ function () {')
      : undefined;
  },
};

/** @param file the file to write. */
export async function buildBrowser(file) {
  const bundle = await rolldown({
    cwd: root,
    input: join(root, 'trainers', 'norewind.ts'),
    platform: 'browser',
    plugins: [inBrowsers],
    transform: { target: 'es2022' },
    optimization: { inlineConst: { mode: 'smart', pass: 2 } },
    checks: { pluginTimings: false },
    logLevel: 'warn',
  });
  await bundle.write({ file, format: 'esm', minify: true });
  await bundle.close();
}

// Builds the playground into docs/playground/dist, a folder that any static server serves: `npm run playground`.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { inBrowsers } from './build-browser.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'docs', 'playground');

/** Modules that run in workers, by the name of their file in the built folder. */
const workers = {
  balance: 'balance/work',
  cloud: 'cloud/work',
  read: 'read/work',
  own: 'own/work',
  program: 'program/work',
  trajectory: 'trajectory/work',
};

/** Modules that code written on the page can import, likewise, below the root. */
const modules = {
  norewind: 'trainers/norewind',
  lib: 'lib/index',
  autodiff: 'autodiff/index',
  nn: 'nn/index',
  trainers: 'trainers/index',
  testing: 'trainers/testing/index',
  plot: 'cli/plot/index',
};

/** Beginnings of the data in cli/data, as texts that a worker imports: the page may fetch nothing. */
const samples = {
  name: 'samples',
  resolveId: (id) => (id === 'norewind:samples' ? `\0${id}` : undefined),
  load(id) {
    if (id !== '\0norewind:samples') return undefined;
    const read = (name) => readFileSync(join(root, 'cli', 'data', name), 'utf8').replaceAll('\r', '');
    const book = read('moby-dick.txt').slice(0, 60_000);
    const births = read('births.csv').split('\n').slice(0, 2500).join('\n');
    return `export const book = ${JSON.stringify(book)};\nexport const births = ${JSON.stringify(births)};`;
  },
};

const files = (names, below) =>
  Object.fromEntries(Object.entries(names).map(([name, path]) => [name, join(below, `${path}.ts`)]));

const farewell = {
  name: 'norewind:farewell',
  closeBundle() {
    const built = 'docs/playground/dist';
    process.stdout.write(
      `The playground is in ${built}/: npx serve ${built}, or python3 -m http.server -d ${built}\n`,
    );
  },
};

export default defineConfig({
  root: folder,
  base: './',
  logLevel: 'warn',
  plugins: [inBrowsers, samples, farewell],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // The worker of a written module imports the modules by their exports.
      preserveEntrySignatures: 'allow-extension',
      input: {
        index: join(folder, 'index.html'),
        ...files(workers, folder),
        ...files(modules, root),
      },
      output: {
        // The page knows its workers by name.
        entryFileNames: ({ name }) => (name === 'index' ? 'assets/[name]-[hash].js' : 'workers/[name].js'),
      },
    },
  },
});

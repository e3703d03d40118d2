// Builds the playground into docs/playground/dist, a folder that any static server serves: `npm run playground`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { inBrowsers } from './build-browser.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs', 'playground');

/** What runs in workers, by the name of its file in the built folder. */
const workers = ['balance', 'cloud'];

export default defineConfig({
  root: folder,
  base: './',
  logLevel: 'warn',
  plugins: [inBrowsers],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: {
        index: join(folder, 'index.html'),
        ...Object.fromEntries(workers.map((name) => [name, join(folder, name, 'work.ts')])),
      },
      output: {
        // The page knows its workers by name.
        entryFileNames: ({ name }) => (name === 'index' ? 'assets/[name]-[hash].js' : 'work/[name].js'),
      },
    },
  },
});

// VitePress: no script, font or picture from another host; the search runs in the page.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { slugify } from './guides.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const { sidebar, playground } = JSON.parse(readFileSync(`${root}.site/site.json`, 'utf8'));

export default defineConfig({
  title: 'norewind',
  description: 'Recurrent networks that learn online, on a stream that never ends.',
  lang: 'en',
  base: process.env.SITE_BASE ?? '/',
  outDir: `${root}site`,
  cacheDir: `${root}node_modules/.cache/vitepress`,
  cleanUrls: false,
  lastUpdated: false,
  metaChunk: false,
  head: [
    [
      'link',
      {
        rel: 'icon',
        href: 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"%3E%3Cpath d="M2 13V3l10 10V3" fill="none" stroke="%233451b2" stroke-width="2.4"/%3E%3C/svg%3E',
      },
    ],
  ],
  markdown: {
    anchor: { slugify },
    theme: { light: 'github-light', dark: 'github-dark' },
    // Shell commands and TypeScript are what the pages have.
    languages: ['ts', 'js', 'sh', 'json', 'python', 'html', 'ini'],
  },
  vite: {
    build: { chunkSizeWarningLimit: 2000 },
    publicDir: existsSync(`${root}.site/public`) ? `${root}.site/public` : false,
  },
  themeConfig: {
    nav: [
      { text: 'First hour', link: '/first-hour' },
      { text: 'Guide', link: '/guide' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Course', link: '/course/', activeMatch: '^/course/' },
      ...(playground ? [{ text: 'Playground', link: '/playground/index.html', target: '_self' }] : []),
      { text: `v${version}`, link: '/changes' },
    ],
    sidebar,
    outline: { level: [2, 3], label: 'On this page' },
    search: {
      provider: 'local',
      options: {
        detailedView: true,
        miniSearch: { searchOptions: { fuzzy: 0.1, prefix: true, boost: { title: 6, text: 1, titles: 2 } } },
      },
    },
    notFound: {
      title: 'There is no such page',
      quote: 'It may have another name by now: look for it with the search, or begin at the first page.',
      linkText: 'To the first page',
      linkLabel: 'To the first page',
    },
    docFooter: { prev: 'Before', next: 'Next' },
    footer: {
      message:
        'MIT licence. Every example and every number on these pages comes from a command that you can run.',
    },
  },
});

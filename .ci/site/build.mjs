// `npm run docs:site`: the documentation as a folder, site/, that any static server serves. Works offline.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';
import { readProject, writeApi } from './api.mjs';
import { assetsOf, examplesOf, groups, readGuides, titleOf } from './guides.mjs';
import { brokenLinks } from './links.mjs';
import { countsOf } from './programs.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const stage = join(root, '.site');
const here = join(root, '.ci', 'site');

rmSync(stage, { recursive: true, force: true });
rmSync(join(root, 'site'), { recursive: true, force: true });

const playground = join(root, 'docs', 'playground', 'dist');
const guides = readGuides(root, existsSync(playground));
for (const { page, text } of guides) write(page, text);
for (const { file, from } of assetsOf(root)) copy(from, file.endsWith('.ts') ? join('public', file) : file);
const home = readFileSync(join(here, 'home.md'), 'utf8');
write(
  'index.md',
  existsSync(playground) ? home : home.replace(/^ {4}- theme: alt\n.*\n.*playground.*\n.*\n/m, ''),
);
const api = writeApi(await readProject(root), join(stage, 'api'), examplesOf(guides));

const titles = new Map(guides.map(({ page, text }) => [page.replace(/\.md$/, ''), titleOf(text)]));
const sidebar = [
  ...groups.map(([text, pages]) => ({
    text,
    collapsed: text !== 'Begin',
    items: pages.map((page) => ({ text: titles.get(page), link: `/${page.replace(/index$/, '')}` })),
  })),
  { text: 'API reference', link: '/api/', collapsed: true, items: api },
];
write('site.json', JSON.stringify({ sidebar, playground: existsSync(playground) }));
write('.vitepress/config.mjs', "export { default } from '../../.ci/site/config.mjs';\n");
write('.vitepress/theme/index.mjs', "export { default } from '../../../.ci/site/theme/index.mjs';\n");
if (existsSync(playground)) {
  const place = join(stage, 'public', 'playground');
  cpSync(playground, place, { recursive: true });
  // Here the way back to the documentation is known.
  const file = join(place, 'index.html');
  const page = readFileSync(file, 'utf8');
  writeFileSync(file, page.replace('>norewind <small>', '><a href="../index.html">norewind</a> <small>'));
}

await build(stage);
const broken = brokenLinks(join(root, 'site'));
if (broken.length > 0) {
  process.stderr.write(`${broken.join('\n')}\n${broken.length} links of the site lead nowhere\n`);
  process.exit(1);
}
const counts = guides.map(({ text }) => countsOf(text));
const sum = (key) => counts.reduce((all, each) => all + each[key], 0);
process.stdout.write(
  `${sum('opened')} of ${sum('programs')} programs of the guides open in the playground\n`,
);
process.stdout.write(`The site is in site/: npx serve site, or python3 -m http.server -d site\n`);

function write(page, text) {
  const path = join(stage, page);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function copy(from, to) {
  mkdirSync(dirname(join(stage, to)), { recursive: true });
  cpSync(from, join(stage, to));
}

// The pages of docs/ as pages of the site: the same Markdown, with links that lead within the site.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { escapeVue } from './pages.mjs';
import { opened } from './programs.mjs';

/** The sidebar: groups of pages below docs/. Other pages are found by links and by the search. */
export const groups = [
  ['Begin', ['first-hour', 'guide', 'duals', 'about-the-playground', 'course/index', 'glossary']],
  [
    'Streams',
    [
      'training-on-a-stream',
      'experts',
      'what-the-numbers-mean',
      'what-wins',
      'running-for-months',
      'tutorials/births',
      'tutorials/weather',
      'tutorials/book',
    ],
  ],
  [
    'Estimators and research',
    ['estimators', 'reproduction', 'laboratory', 'own-code', 'beyond-rnns', 'conformance'],
  ],
  ['Extend', ['adding-a-cell', 'adding-a-primitive', 'testing', 'how-a-step-is-compiled', 'contributing']],
  ['Look up', ['errors', 'limits', 'performance', 'export', 'security', 'stability', 'contents', 'changes']],
];

/** Files outside docs/, or with other names there, that are pages too, by their place on the site. */
const outside = {
  'README.md': 'readme.md',
  'CHANGELOG.md': 'changes.md',
  // The playground itself is in playground/.
  'docs/playground/README.md': 'about-the-playground.md',
};

/**
 * The guides as `{ page, text }`, with `index.md` as `contents.md`: the site has a first page of its own.
 * @param hasPlayground whether programs can be opened there.
 */
export function readGuides(root, hasPlayground) {
  const docs = join(root, 'docs');
  const files = readdirSync(docs, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.md') && !/^playground\//.test(file));
  const pages = [...files.map((file) => `docs/${file}`), ...Object.keys(outside)].map((file) => ({
    file,
    page: placeOf(file),
  }));
  return pages.map(({ file, page }) => {
    const written = linked(readFileSync(join(root, file), 'utf8'), file);
    const text =
      hasPlayground && page === outside['docs/playground/README.md'] ? withEntry(written) : written;
    return { page, text: escapeVue(hasPlayground ? opened(text) : text) };
  });
}

/** The page on the playground, with the playground itself beneath its first paragraph. */
function withEntry(text) {
  return text.replace(
    /^(# .*\n\n(?:.+\n)+)/,
    '$1\n[Open the playground](/playground/index.html){target="_self"}\n',
  );
}

/** The title of a page: its first heading, without marks. */
export function titleOf(text) {
  return (/^# (.*)$/m.exec(text)?.[1] ?? '').replace(/`/g, '');
}

/** The programs of the guides: the names that each imports from norewind, its length, and a link to its heading. */
export function examplesOf(guides) {
  return guides
    .filter(({ page }) => !page.startsWith('decisions/'))
    .flatMap(({ page, text }) => {
      const title = titleOf(text);
      const found = [];
      let heading = '';
      for (const [, head, body] of text.matchAll(
        /^#{2,4} (.+)$|^```ts(?![^\n]*error=)[^\n]*\n([\s\S]*?)^```/gm,
      )) {
        if (head !== undefined) heading = head;
        else {
          const names = [...body.matchAll(/import (?:type )?\{([^}]*)\} from 'norewind[^']*'/g)].flatMap(
            ([, list]) =>
              list.split(',').map((name) =>
                name
                  .replace(/\btype\b/, '')
                  .replace(/ as .*/, '')
                  .trim(),
              ),
          );
          const link = `/${page.replace(/\.md$/, '')}${heading === '' ? '' : `#${slugify(heading)}`}`;
          found.push({
            names,
            length: body.length,
            link,
            title: heading === '' ? title : `${title}: ${heading}`,
          });
        }
      }
      return found;
    });
}

/** As VitePress makes anchors of headings. */
export function slugify(heading) {
  return heading
    .replace(/[`*]|\]\([^)]*\)|\[/g, '')
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .replace(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-+|-+$/g, '')
    .replace(/^(\d)/, '_$1')
    .toLowerCase();
}

function placeOf(file) {
  if (file === 'docs/index.md') return 'contents.md';
  return outside[file] ?? file.replace(/^docs\//, '');
}

/** Links to other files of the repository lead to their pages, or are left as text where there is none. */
function linked(text, file) {
  const here = placeOf(file);
  return text.replace(/(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (whole, image, words, target) => {
    if (/^[a-z]+:|^#/.test(target)) return whole;
    const [path, anchor] = target.split('#');
    const wanted = posix.join(posix.dirname(file), path);
    const isPage = wanted in outside || wanted.startsWith('docs/');
    if (/^docs\/decisions\/?$/.test(wanted)) return `[${words}](/contents#design-decisions)`;
    if (!isPage) return image ? whole : words;
    const to = posix.relative(posix.dirname(here), placeOf(wanted));
    return `${image}[${words}](${to.startsWith('.') ? to : `./${to}`}${anchor ? `#${anchor}` : ''})`;
  });
}

/** The files that guides link to and that are no pages, below docs/: pictures, and the files of the course. */
export function assetsOf(root) {
  const docs = join(root, 'docs');
  return readdirSync(docs, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(svg|png|ts)$/.test(file) && !/^playground\//.test(file))
    .map((file) => ({ file, from: join(docs, file), folder: dirname(file) }));
}

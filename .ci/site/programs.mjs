// The programs of a page, and the links that open them in the playground.
import { deflateRawSync } from 'node:zlib';

/** Modules that the playground has to import: see docs/playground/editor/translate.ts. */
const paths = ['', '/lib', '/autodiff', '/nn', '/trainers', '/testing', '/plot'].map(
  (part) => `norewind${part}`,
);
const imports = /^import (type )?\{([^}]*)\} from '([^']+)';\n/gm;
const fence = /^```ts([^\n]*)\n([\s\S]*?)^```$/gm;

/** After each program of a page that runs in a browser, a link that opens it in the playground. */
export function opened(markdown) {
  const files = new Map();
  return markdown.replace(fence, (block, attributes, text) => {
    const [, title] = /\btitle=(\S+)/.exec(attributes) ?? [];
    if (title !== undefined) files.set(`./${title}`, text);
    const program = whole(text, files);
    if (program === undefined) return block;
    const end = isCell(text)
      ? `cell=${encodeURIComponent(text).replace(/[()'!*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`
      : `code=${deflateRawSync(program, { level: 9 }).toString('base64url')}`;
    return `${block}\n\n[Open in the playground](/playground/index.html#${end}){.playground target="_self"}`;
  });
}

/** How many programs a page has, and how many of them open in the playground. */
export function countsOf(markdown) {
  return {
    programs: [...markdown.matchAll(fence)].length,
    opened: [...markdown.matchAll(/\(\/playground\/index\.html#c\w+=/g)].length,
  };
}

/** The form of a cell that the editor checks and trains: a function of the inputs and the units. */
const isCell = (text) =>
  /^export const \w+ = \(inputs: number, units: number(, \w+ = [^,)]+)*\): Cell</m.test(text);

/** A program that imports norewind alone: before it stand the files of the page that it imports. */
function whole(text, files) {
  const needed = new Map();
  const bodies = [];
  const add = (source) => {
    const body = source.replace(imports, (_, type, names, path) => {
      if (files.has(path)) add(files.get(path).replace(/^export (?=\w)/gm, ''));
      else
        needed.set(path, [
          ...(needed.get(path) ?? []),
          ...names.split(',').flatMap((name) => (name.trim() === '' ? [] : [`${type ?? ''}${name.trim()}`])),
        ]);
      return '';
    });
    bodies.push(body.trim());
  };
  add(text);
  if ([...needed.keys()].some((path) => !paths.includes(path))) return undefined;
  // Other forms of import are of other packages.
  if (bodies.some((body) => /^import\b/m.test(body))) return undefined;
  // A program of one file stays as it is written.
  if (bodies.length === 1) return text;
  const heads = [...needed].map(([path, names]) => `import { ${unique(names).join(', ')} } from '${path}';`);
  return `${heads.sort().join('\n')}\n\n${bodies.join('\n\n')}\n`;
}

/** Each name once: as a type only where nothing needs its value. */
function unique(names) {
  const all = new Set(names);
  return [...all].filter((name) => !all.has(name.replace(/^type /, '')) || !name.startsWith('type ')).sort();
}

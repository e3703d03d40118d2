// The API reference, from the docstrings: a page for each part of each import path; each name once.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Application, ReflectionKind } from 'typedoc';
import { byUse, pageOf, summaryOf } from './pages.mjs';

/** The import paths in the order in which each name finds its home; `norewind` collects from them. */
const paths = [
  ['norewind/lib', 'lib/index.ts'],
  ['norewind/autodiff', 'autodiff/index.ts'],
  ['norewind/nn', 'nn/index.ts'],
  ['norewind/trainers', 'trainers/index.ts'],
  ['norewind/testing', 'trainers/testing/index.ts'],
  ['norewind/stream', 'cli/stream/index.ts'],
  ['norewind/runs', 'cli/runs/index.ts'],
  ['norewind/plot', 'cli/plot/index.ts'],
  ['norewind', 'trainers/norewind.ts'],
];

/** The titles of parts, by the folder or file of a declaration; a folder stands for its files. */
const titles = {
  'lib/errors.ts': 'Errors',
  'lib/formats': 'Files',
  'lib/noise': 'Noise',
  'lib/tree.ts': 'Trees',
  lib: 'Tensors',
  'autodiff/operations': 'Operations',
  'autodiff/compile': 'Compiled functions',
  autodiff: 'Derivatives and primitives',
  'nn/cells': 'Cells',
  'nn/layers': 'Layers',
  nn: 'Models, losses, initialisers',
  'trainers/learner': 'Learners',
  'trainers/estimators': 'Estimators',
  'trainers/algebra.ts': 'Estimators',
  'trainers/optimizers': 'Optimisers',
  'trainers/tasks': 'Tasks',
  'trainers/probe': 'Probe',
  'trainers/evaluation': 'Evaluation',
  'trainers/experts': 'Experts',
  'trainers/streams': 'Models of streams',
};

/** The project as TypeDoc reads it. @throws Error with its complaints. */
export async function readProject(root) {
  const app = await Application.bootstrap({
    entryPoints: paths.map(([, file]) => join(root, file)),
    tsconfig: join(root, 'tsconfig.json'),
    readme: 'none',
    excludeInternal: true,
    excludePrivate: true,
    // fast-check's own names are on its own pages.
    excludeExternals: true,
    jsDocCompatibility: true,
    // `npm run types` checks them.
    skipErrorChecking: true,
    disableGit: true,
    sourceLinkTemplate: '{path}',
    logLevel: 'Warn',
  });
  const project = await app.convert();
  if (project === undefined || app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error('the API reference cannot be written: see the messages above');
  return project;
}

/**
 * Writes the pages below `folder`. Returns the entries of the sidebar.
 * @param examples of the guides: for each, the names that its program imports, and its link.
 */
export function writeApi(project, folder, examples) {
  const homes = homesOf(project);
  const linkOf = (reflection) => {
    const target = targetOf(reflection);
    const home = homes.get(target);
    return home && `/api/${home.page}#${home.id}`;
  };
  const examplesOf = (name) =>
    [
      ...new Map(
        examples.filter(({ names }) => names.includes(name)).map((each) => [each.link, each]),
      ).values(),
    ]
      .sort((a, b) => a.length - b.length)
      .slice(0, 3)
      .map(({ title, link }) => `[${title}](${link})`);
  const pages = grouped([...new Set(homes.values())], ({ page }) => page);
  for (const [page, entries] of pages)
    if (page.includes('/'))
      write(folder, page, pageOf(entries[0].part, entries[0].path, entries, linkOf, examplesOf));
  const sidebar = paths.map(([path]) => {
    const slug = slugOf(path);
    const parts = [...pages].filter(([page]) => page.startsWith(`${slug}/`));
    write(folder, slug, indexOf(path, project, parts, homes, linkOf, examplesOf));
    const own =
      parts.length === 1 ? [] : parts.map(([page, [{ part }]]) => ({ text: part, link: `/api/${page}` }));
    return { text: path, link: `/api/${slug}`, ...(own.length > 0 && { collapsed: true, items: own }) };
  });
  write(folder, 'index', overview(project));
  return sidebar.sort((a, b) => Number(b.text === 'norewind') - Number(a.text === 'norewind'));
}

/** For each documented reflection the page that has it. */
function homesOf(project) {
  const homes = new Map();
  const byPlace = new Map();
  for (const [path, file] of paths) {
    const taken = new Set();
    for (const reflection of moduleOf(project, file).children ?? []) {
      if ([ReflectionKind.Reference, ReflectionKind.Namespace].includes(reflection.kind)) continue;
      const { fileName = file, line } = reflection.sources?.[0] ?? {};
      // TypeDoc writes a few functions out again where they are exported a second time.
      const place = `${fileName}:${line}:${reflection.name}`;
      const part = partOf(path, fileName);
      const id = taken.has(reflection.name) ? `${reflection.name}-2` : reflection.name;
      const home = byPlace.get(place) ?? {
        path,
        part,
        page: `${slugOf(path)}/${slugOf(part)}`,
        id,
        reflection,
      };
      taken.add(reflection.name);
      byPlace.set(place, home);
      homes.set(reflection, home);
    }
  }
  return homes;
}

/** The contents of an import path: its names, with the first sentence of each. */
function indexOf(path, project, parts, homes, linkOf) {
  const module = moduleOf(project, paths.find(([own]) => own === path)[1]);
  const about = module.comment?.summary.map(({ text }) => text).join('') ?? `Here are ${abouts[path]}.`;
  const rows = (reflections) =>
    [...reflections].sort(byUse).map((reflection) => {
      const target = targetOf(reflection);
      return `| [\`${reflection.name}\`](${linkOf(target)}) | ${summaryOf(target, linkOf)} |`;
    });
  const others = (module.children ?? []).filter(
    (each) => linkOf(each) !== undefined && homes.get(targetOf(each)).path !== path,
  );
  const groups = [
    ...parts.map(([, entries]) => [entries[0].part, entries.map(({ reflection }) => reflection)]),
    ...grouped(others, (each) => homes.get(targetOf(each)).part),
  ];
  const order = Object.values(titles);
  groups.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const table = groups.map(
    ([title, reflections]) => `## ${title}\n\n| name | |\n|---|---|\n${rows(reflections).join('\n')}\n`,
  );
  return `---\neditLink: false\n---\n\n# ${path}\n\n${about}\n\n${table.join('\n')}`;
}

function overview(project) {
  const rows = paths.map(([path, file]) => {
    const count = moduleOf(project, file).children.length;
    return `| [\`${path}\`](/api/${slugOf(path)}) | ${count} | ${abouts[path]} |`;
  });
  return `---\neditLink: false\n---\n\n# API reference\n\nBy import path. Each name has one place, and \`norewind\` collects the most common ones. \`norewind/browser\` has the names of \`norewind\` in one file for pages without a bundler.\n\n| import from | names | contents |\n|---|---|---|\n${rows.reverse().join('\n')}\n`;
}

const abouts = {
  norewind: 'the most common names of the other import paths',
  'norewind/lib': 'tensors, trees, noise, errors, `.npy` and safetensors',
  'norewind/autodiff': 'derivatives, operations, compiled functions, primitives of your own',
  'norewind/nn': 'cells, layers, losses, initialisers',
  'norewind/trainers': 'learners, estimators, optimisers, tasks, models of streams',
  'norewind/testing': 'laws for cells, estimators and primitives of your own',
  'norewind/stream': 'models of streams in folders, as `train` writes them; Node only',
  'norewind/runs': 'runs of experiments in their folders; Node only',
  'norewind/plot': 'losses as SVG',
};

function moduleOf(project, file) {
  const wanted = file.replace(/(\/index)?\.ts$/, '');
  const found = project.children.find(({ name }) => name === wanted);
  if (found === undefined)
    throw new Error(
      `TypeDoc has no module ${wanted}; it has ${project.children.map(({ name }) => name).join(', ')}`,
    );
  return found;
}

function partOf(path, file) {
  const folder = dirname(file);
  return titles[file] ?? titles[folder] ?? titles[dirname(folder)] ?? (path === 'norewind' ? 'Cells' : path);
}

/** The declaration that a second export stands for. */
function targetOf(reflection) {
  return reflection.kind === ReflectionKind.Reference ? reflection.getTargetReflectionDeep() : reflection;
}

/** Items by a key, in the order of its first item. */
function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function slugOf(text) {
  return text
    .replace(/^norewind\//, '')
    .toLowerCase()
    .replace(/\W+/g, '-');
}

function write(folder, page, text) {
  const path = join(folder, `${page}.md`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

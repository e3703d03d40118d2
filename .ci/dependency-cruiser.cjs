// lib <- autodiff <- nn <- trainers <- cli: imports point only left, and only to another folder's index.ts.
const layers = ['lib', 'autodiff', 'nn', 'trainers', 'cli'];
const portable = '^(lib|autodiff|nn|trainers)/';
// The page of a run takes one type from trainers; through the index, its build would compile the whole
// library.
const trainersParts = [
  '^trainers/(evaluation|registry|streams|testing)/index\\.ts$',
  '^trainers/evaluation/trail\\.ts$',
];
const allowedPackages = '^node_modules/(@types/)?(ndarray|ndarray-ops|gl-matrix)/';

const leftward = layers.slice(0, -1).map((layer, at) => ({
  name: `${layer}-imports-only-left`,
  comment: `${layer} may import only from ${layers.slice(0, at + 1).join(', ')}.`,
  severity: 'error',
  from: { path: `^${layer}/` },
  to: { path: `^(${[...layers.slice(at + 1), 'bench', 'spec'].join('|')})/` },
}));

// Within a part, too, what is listed later may import what is listed earlier, and not the other way.
const forbidden = [
  ['autodiff/compile/equations', 'autodiff/compile/(terms|instructions)'],
  ['autodiff/compile/instructions', 'autodiff/compile/(equations|terms)'],
  ['trainers/estimators/step', 'trainers/estimators/(rule|entries|products)'],
  ['trainers/estimators/rule', 'trainers/estimators/(entries|products)'],
  ['trainers/estimators/entries', 'trainers/estimators/products'],
  ['trainers/estimators/products', 'trainers/estimators/entries'],
  ['trainers/experts/common', 'trainers/experts/(symbols|numbers|categories)'],
  ['trainers/experts/(symbols|categories)', 'trainers/experts/numbers'],
  ['trainers/experts/(symbols|numbers)', 'trainers/experts/categories'],
  ['trainers/experts/(numbers|categories)', 'trainers/experts/symbols'],
  ['trainers/streams/given', 'trainers/streams/(reading|targets|sessions)'],
  ['trainers/streams/reading', 'trainers/streams/(targets|sessions)'],
  ['trainers/streams/targets', 'trainers/streams/sessions'],
  ['trainers/learner/given', 'trainers/learner/(systems|window|plan|checkpoint|engine)'],
  ['trainers/learner/systems', 'trainers/learner/(window|plan|checkpoint|engine)'],
  ['trainers/learner/window', 'trainers/learner/(plan|checkpoint|engine)'],
  ['trainers/learner/plan', 'trainers/learner/(checkpoint|engine)'],
  ['trainers/learner/checkpoint', 'trainers/learner/(plan|engine)'],
  ['trainers/evaluation', 'trainers/(estimators|learner|optimizers|registry|streams|tasks)'],
  ['trainers/registry', 'trainers/(evaluation|learner|streams)'],
  ['trainers/(estimators|learner|optimizers|tasks)', 'trainers/streams'],
  [
    'trainers/(estimators|evaluation|experts|learner|optimizers|probe|registry|streams|tasks)',
    'trainers/testing',
  ],
  ['cli/stream/input', 'cli/stream/(checkpoint|run)'],
  ['cli/stream/checkpoint', 'cli/stream/(input|run)'],
];
const inner = forbidden.map(([from, to]) => ({
  name: `${from.split('/').at(-1).replace(/\W+/g, '-').replace(/^-|-$/g, '')}-imports-only-earlier-parts`,
  comment: `${from} may not import from ${to}.`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: `^${to}/` },
}));

module.exports = {
  forbidden: [
    ...leftward,
    {
      name: 'cli-imports-no-tests',
      comment: 'The command line ships; benchmarks and tests do not.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(bench|spec)/' },
    },
    {
      name: 'only-through-the-index',
      comment: "Another folder's public surface is its index.ts; trainers has parts, each with its own.",
      severity: 'error',
      // What a file of the user's imports as `norewind` is trainers/norewind.ts.
      from: { path: '^(lib|autodiff|nn|trainers|cli|bench)/', pathNot: '^cli/own/code\\.ts$' },
      // $1 is the folder that imports.
      to: {
        path: '^(lib|autodiff|nn|trainers|cli)/',
        pathNot: ['^$1/', '^[^/]+/index\\.ts$', ...trainersParts],
      },
    },
    ...inner,
    {
      name: 'no-cycles',
      comment:
        'Modules that need each other are one concept, or hide a third. A dynamic import does not count: code of the user ' +
        'may open models, and models may have code of the user.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
    },
    {
      name: 'no-node-in-portable-folders',
      comment: 'lib, autodiff, nn and trainers run in browsers.',
      severity: 'error',
      from: { path: portable },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'few-packages-in-portable-folders',
      comment:
        'lib, autodiff, nn and trainers need ndarray, ndarray-ops and gl-matrix, nothing else; the laws need fast-check.',
      severity: 'error',
      from: { path: portable, pathNot: '^trainers/testing/' },
      to: { path: '^node_modules/', pathNot: allowedPackages },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|docs|coverage|runs|bench/peers)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};

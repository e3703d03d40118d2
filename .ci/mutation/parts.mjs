import { readdirSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const evaluation = within('trainers/evaluation');
const streams = within('trainers/streams');
const input = within('cli/stream/input');

/**
 * The files to change, and the specs that must notice. Only tests in this process count, as a child process
 * runs compiled code. With `grep`, only tests with matching titles.
 */
export const parts = [
  {
    mutate: [...streams('normalizer', 'vocabulary'), ...evaluation('counts', 'tally', 'saved', 'markov')],
    spec: [...streams('figures.spec'), ...evaluation('markov.spec')],
  },
  {
    mutate: [
      ...streams('position', 'problem', 'rowReader', 'symbolReader', 'text'),
      ...input('csv', 'csvRecords', 'lines', 'ndjson', 'readData', 'rest'),
    ],
    spec: input('readers.spec', 'files.spec'),
  },
  {
    mutate: within('cli/stream/checkpoint')('checkpoint', 'generations'),
    spec: ['spec/cli/stream/checkpoint/checkpoint.spec.ts'],
  },
  {
    mutate: within('trainers/learner')('checkpoint', 'checksum', 'codec', 'restore'),
    spec: ['spec/trainers/learner/checkpoint.spec.ts'],
  },
  {
    mutate: evaluation('adwin', 'calibration', 'evaluation', 'logits', 'scores', 'trail'),
    spec: evaluation('evaluation.spec', 'adwin.spec'),
  },
  { mutate: streams('rowCoder', 'rows', 'time'), spec: [...input('readers.spec'), ...streams('times.spec')] },
  {
    mutate: streams('categoryTarget', 'influence', 'late', 'numberTarget', 'rowPredictor', 'rowSession'),
    spec: streams('rowSession.spec', 'late.spec', 'records.spec'),
  },
  { mutate: streams('generate', 'symbolPredictor', 'symbolSession'), spec: streams('symbolSession.spec') },
  {
    mutate: [
      ...streams('keeper', 'rowModel', 'snapshot', 'textModel'),
      ...within('cli/stream/checkpoint')('model', 'storedModel'),
    ],
    spec: within('cli/stream/checkpoint')('models.spec', 'textModels.spec'),
  },
  {
    mutate: within('cli/stream/run')('learnStream', 'openRun'),
    spec: within('cli/stream/run')('learnStream.spec', 'openRun.spec'),
  },
  { mutate: streams('checkConfig', 'settings'), spec: streams('settings.spec') },
  {
    mutate: within('cli/training')(
      'folder',
      'lock',
      'metrics',
      'metricsFile',
      'replaced',
      'results',
      'stop',
      'train',
    ),
    spec: within('cli/training')('folder.spec', 'lock.spec', 'train.spec'),
  },
  {
    mutate: within('cli/commands')('numbers', 'resumeOrBegin', 'trainOptions'),
    spec: ['spec/cli/commands/trainOptions.spec.ts'],
  },
  {
    mutate: within('cli/compare')('csv', 'entries', 'readRun', 'report'),
    spec: ['spec/cli/compare/report.spec.ts'],
  },
  {
    mutate: within('cli/tensorboard')('crc32c', 'event', 'eventFile', 'protobuf', 'record'),
    spec: ['spec/cli/tensorboard/eventFile.spec.ts'],
    grep: '^cli: event files',
  },
  {
    mutate: within('cli/watch')('clients', 'guard', 'routes', 'server', 'thinned', 'watcher'),
    spec: ['spec/cli/watch/server.spec.ts', 'spec/cli/watch/watch.spec.ts'],
    // Exclude runs of a command and slow tests, such as forty megabytes for a client that does not read.
    grep: '^cli(/watch|: thinned|: norewind train --watch (?!keeps nothing))',
  },
  { mutate: streams('words'), spec: streams('words.spec') },
  {
    mutate: input('follow', 'growingFile'),
    spec: ['spec/cli/follow.long.ts', ...input('follow.spec')],
    // Exclude the run of a command.
    grep: '^cli(/stream: a file|: norewind train --follow (?!learns))',
  },
  // The estimators.
  estimators(['artbp'], ['artbp']),
  estimators(
    ['diagonal', 'ownUnitTraces', 'pick', 'traced', 'units'],
    ['ownUnits', 'pick', 'wiredTraces', 'diagonal', 'sites'],
  ),
  // Without the laws that hold for every estimator, which take as long as all else.
  estimators(
    ['dni'],
    ['dni', 'learnt'],
    '^(what estimators declare|DNI (is|credits|keeps|refuses)|what an estimator has learnt (dni|has no|is the same))',
  ),
  estimators(['dodge'], ['dodge']),
  estimators(['eprop', 'pairing'], ['eprop', 'pairing']),
  estimators(['frozen', 'nothing'], ['frozen', 'unbiased']),
  estimators(
    ['age', 'kernl'],
    ['kernl', 'learnt'],
    '^(what estimators declare|KeRNL (is|comes|keeps|refuses)|what an estimator has learnt kernl)',
  ),
  estimators(['kfRtrl', 'exact', 'jacobian'], ['exact', 'jacobian', 'kfRtrl', 'kronecker']),
  estimators(['kronecker', 'rKfRtrl'], ['kronecker', 'kfRtrl', 'rKfRtrl']),
  estimators(
    ['noBackTrack', 'rank-one', 'rowNorms', 'signSources'],
    ['../normalisers', '../norms', 'noBackTrack', 'rowNorms', 'uoroScaling'],
  ),
  estimators(['ok', 'reduction', 'triangle'], ['ok']),
  estimators(['pes'], ['pes']),
  estimators(
    ['layers', 'mixed', 'reachable', 'rflo', 'rtrl', 'snap'],
    ['layers', 'reachable', 'rflo', 'snap', 'snapMasks'],
  ),
  estimators(['leadingRows', 'orthonormal', 'sketch', 'sketched'], ['orthonormal', 'sketched']),
  estimators(['full', 'sites'], ['inLeaf', 'diagonal', 'sites', 'snapMasks']),
  estimators(['grow', 'tbptt'], ['grow', 'rolling']),
  estimators(
    ['slot-structure', 'slots', 'step-structure'],
    [
      'slotStructure',
      'slots',
      'stepStructure',
      'sites',
      'randomStructures',
      'structured',
      'layers',
      'rflo',
      'snapMasks',
    ],
  ),
  estimators(['unbiased'], ['unbiased', 'learnt']),
  estimators(['unbiasedByName'], ['../registry', 'unbiased']),
  estimators(['uoro'], ['../normalisers', 'uoroScaling']),
];

/** Estimators, with the specs of theirs. */
function estimators(names, specs, grep) {
  const folder = within('trainers/estimators');
  return {
    mutate: folder(...names),
    spec: folder('declarations.spec', ...specs.map((name) => `${name}.spec`)),
    grep,
    isFormula: true,
  };
}

/** The files of a folder and those below it, and the specs of the folder that mirrors it, by their names. */
function within(folder) {
  return (...names) =>
    names.map((name) =>
      find(join(name.endsWith('.spec') ? 'spec' : '', folder, dirname(name)), basename(name)),
    );
}

/** @throws Error unless there is one file of this name, in the folder or below it. */
function find(folder, name) {
  const found = readdirSync(join(root, folder), { recursive: true }).filter(
    (path) => basename(path) === `${name}.ts`,
  );
  if (found.length !== 1)
    throw new Error(`mutation: there must be one ${name}.ts in ${folder}, and there are ${found.length}`);
  return join(folder, found[0]).split(sep).join('/');
}

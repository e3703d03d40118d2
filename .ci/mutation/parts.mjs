/**
 * What is changed, and the specs that have to notice: what they do in this process, since a child runs what is compiled. With `grep`, only
 * the tests whose titles fit.
 */
export const parts = [
  {
    mutate: stream(
      ...['counts', 'csv', 'lines', 'metricsFile', 'ndjson', 'normalizer', 'position', 'problem', 'saved', 'source'],
      ...['symbolReader', 'tally', 'vocabulary'],
    ),
    spec: stream('figures.spec', 'readers.spec', 'files.spec'),
  },
  { mutate: stream('checkpoint', 'generations'), spec: stream('checkpoint.spec') },
  {
    mutate: ['checkpoint', 'checksum', 'codec', 'restore'].map((name) => `trainers/learner/${name}.ts`),
    spec: ['spec/trainers/checkpoint.spec.ts'],
  },
  {
    mutate: stream('adwin', 'calibration', 'evaluation', 'linearModel', 'logits', 'scores', 'trail'),
    spec: ['spec/cli/evaluation.spec.ts', ...stream('adwin.spec', 'linearModel.spec')],
  },
  { mutate: stream('rowCoder', 'rows', 'time'), spec: [...stream('readers.spec'), 'spec/cli/times.spec.ts'] },
  {
    mutate: stream('categoryScores', 'influence', 'late', 'numberScores', 'rowPredictor', 'rowSession'),
    spec: stream('rowSession.spec', 'targetScores.spec'),
  },
  {
    mutate: stream('generate', 'generateText', 'symbolPredictor', 'symbolSession'),
    spec: stream('symbolSession.spec'),
  },
  { mutate: stream('model', 'rowModel', 'savedModel', 'textModel'), spec: stream('models.spec', 'textModels.spec') },
  { mutate: stream('learnStream', 'openRun'), spec: stream('learnStream.spec', 'openRun.spec') },
  { mutate: stream('checkConfig', 'readData', 'settings'), spec: stream('settings.spec') },
  {
    mutate: ['folder', 'lock', 'meter', 'metrics', 'replaced', 'results', 'stop', 'train'].map(
      (name) => `cli/training/${name}.ts`,
    ),
    spec: ['folder', 'lock', 'train'].map((name) => `spec/cli/training/${name}.spec.ts`),
  },
  {
    mutate: ['numbers', 'resumeOrBegin', 'trainOptions'].map((name) => `cli/commands/${name}.ts`),
    spec: ['spec/cli/commands/trainOptions.spec.ts'],
  },
  {
    mutate: ['csv', 'entries', 'readRun', 'report'].map((name) => `cli/compare/${name}.ts`),
    spec: ['spec/cli/comparison.spec.ts'],
  },
  {
    mutate: ['crc32c', 'event', 'eventFile', 'protobuf', 'record'].map((name) => `cli/tensorboard/${name}.ts`),
    spec: ['spec/cli/tensorboard.spec.ts'],
    grep: '^cli: event files',
  },
  {
    mutate: ['clients', 'guard', 'routes', 'server', 'thinned', 'watcher'].map((name) => `cli/watch/${name}.ts`),
    spec: ['spec/cli/watch.spec.ts', 'spec/cli/watching.spec.ts'],
    // Neither the runs of a command nor what takes long: forty megabytes for a client that does not read.
    grep: '^cli(/watch|: thinned|: norewind train --watch (?!keeps nothing))',
  },
  { mutate: stream('words', 'wordWriter'), spec: ['spec/cli/words.spec.ts'] },
  {
    mutate: stream('follow', 'growingFile', 'pathWatch'),
    spec: ['spec/cli/follow.spec.ts', ...stream('follow.spec')],
    // Not the run of a command.
    grep: '^cli(/stream: a file|: norewind train --follow (?!learns))',
  },
];

/** Files of `cli/stream`, and specs of `spec/cli/stream`. */
function stream(...names) {
  return names.map((name) => `${name.endsWith('.spec') ? 'spec/' : ''}cli/stream/${name}.ts`);
}

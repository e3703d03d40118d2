import { type Cell, claim, type Published, type Reproduction } from './reproduction.ts';

/** The family of estimators, with what tells them apart in its literature. */
const family: readonly (readonly [label: string, settings: Readonly<Record<string, string | number>>])[] = [
  ['RTRL', { estimator: 'rtrl' }],
  ['TBPTT-1', { estimator: 'tbptt', window: 1 }],
  ['TBPTT-16', { estimator: 'tbptt', window: 16 }],
  ['UORO', { estimator: 'uoro' }],
  ['KF-RTRL', { estimator: 'kfRtrl' }],
  ['R-KF-RTRL', { estimator: 'rKfRtrl' }],
  ['OK-4', { estimator: 'ok', rank: 4 }],
  ['SnAp-1', { estimator: 'snap', n: 1 }],
  ['RFLO', { estimator: 'rflo', leak: 0.1 }],
  ['KeRNL', { estimator: 'kernl' }],
  ['DNI', { estimator: 'dni' }],
];

const network = { cell: 'rnn', units: 32, optimizer: 'adam', rate: 1e-3, alpha: 0 };

function cells(
  experiment: string,
  settings: Readonly<Record<string, string | number>>,
  published: Readonly<Record<string, readonly Published[]>> = {},
): Cell[] {
  return family.map(([label, own]) => ({
    label,
    experiment,
    settings: { ...network, ...settings, ...own },
    ...(published[label] && { published: published[label] }),
  }));
}

const learner =
  'A tanh network of 32 units (RFLO assumes a leak of 0.1, which it does not have), Adam with a constant rate of 0.001, one stream without resets, one update a step (one a window for TBPTT).';
const framework =
  'Marschall, Cho and Savin, A unified framework of online learning algorithms for training recurrent neural networks, 2020';
const ownRates =
  'No figure is given beside these, as those of the paper are plots; its 32 tanh units are kept (recalled), and its rates are not known here.';

export const copyFamily: Reproduction = {
  name: 'copy',
  title: 'Copying 3 symbols of 4 after a pause of 4 steps: the family of estimators',
  source:
    'Mujika and others 2018, Benzing and others 2019, Menick and others 2021, which all have a copy task',
  about: [
    'Bits per symbol over the last tenth of 200,000 steps; the lowest is 0, and without memory it is 0.5455.',
    learner,
    'The papers raise the length as it is mastered; here it is fixed, so only the order can be compared.',
  ],
  measure: { of: 'run', unit: 'bits' },
  steps: 200_000,
  cells: cells(
    'copy',
    { symbols: 4, pattern: 3, delay: 4 },
    {
      UORO: [claim('far behind SnAp-1 at like cost', 'recalled')],
      'OK-4': [claim('beats truncated backpropagation', 'read')],
    },
  ),
};

export const addingFamily: Reproduction = {
  name: 'adding',
  title: 'The Add task, a coin that depends on those 6 and 10 steps back: the family of estimators',
  source: framework,
  about: [
    'Bits per step over the last tenth of 200,000 steps; 0.6556 with both coins, 0.7490 with the first one, 0.9544 without memory (computed).',
    learner,
    'The paper finds that performance clusters by what an estimator approximates (read).',
    ownRates,
  ],
  measure: { of: 'run', unit: 'bits' },
  steps: 200_000,
  cells: cells('delayed-sum', { first: 6, second: 10 }),
};

export const mimicFamily: Reproduction = {
  name: 'mimic',
  title: 'The Mimic task, the outputs of a fixed random network: the family of estimators',
  source: framework,
  about: [
    'The mean square over the last tenth of 200,000 steps; the lowest is 0.',
    learner,
    'A network of 16 tanh units with linear outputs is mimicked, from 4 coins a step.',
    'The paper finds that performance clusters by what an estimator approximates (read).',
    ownRates,
  ],
  measure: { of: 'run', unit: 'loss' },
  steps: 200_000,
  cells: cells('mimic', { inputs: 4, hidden: 16, outputs: 2 }),
};

import { type Cell, figure, named, type Reproduction } from './reproduction.ts';

const network = { cell: 'rnn', units: 64, estimator: 'rtrl', optimizer: 'adam', rate: 1e-3, alpha: 0 };

const tasks = [
  ['copy', 'copy', { symbols: 8, pattern: 5, delay: 40 }],
  ['adding', 'adding', { sequence: 100 }],
  ['a^n b^n', 'anbn', { min: 1, max: 16 }],
] as const;

/** Estimators, and their published cosines on the three tasks. */
const rows = [
  ['SK-RTRL-16', named('sketched', { rank: 16 }), 0.855, 0.886, 0.984],
  ['SK-RTRL-4', named('sketched', { rank: 4 }), 0.824, 0.883, 0.982],
  ['SnAp-1', named('snap', { n: 1 }), 0.691, 0.605, 0.407],
  ['KF-RTRL', named('kfRtrl'), 0.528, 0.5, 0.479],
  ['RFLO', named('rflo', { leak: 0.1 }), 0.334, 0.579, 0.485],
  ['UORO', named('uoro'), 0.04, 0.103, 0.081],
] as const;

export const alignment: Reproduction = {
  name: 'alignment',
  title: 'The cosine between estimates and the exact gradient on three tasks',
  source:
    'github.com/sonaradarcn/sketched-rtrl (2026), its logs; the question is that of Marschall, Cho and Savin 2020',
  about: [
    'The mean cosine of the gradients of the recurrent weights with those of exact RTRL, over 2,000 steps of a tanh network of 64 units that learns by exact RTRL, Adam, rate 0.001; 2 copies of each estimator that draws.',
    'Published figures are of 8 streams at a time with a reset before each sequence, over another length; here it is one stream without resets, with a target at every step. Compare the order.',
    'Of stochastic estimators, alignment alone does not predict how well they learn (Marschall, Cho and Savin 2020, read).',
  ],
  measure: { of: 'probe', figure: 'cosine', block: 'cell.u', copies: 2 },
  steps: 2000,
  cells: tasks.flatMap(([task, experiment, settings], i) =>
    rows.map(
      ([title, estimator, ...published]): Cell => ({
        label: `${task}, ${title}`,
        experiment,
        settings: { ...network, ...settings },
        estimator,
        published: [figure(published[i], 'logs')],
      }),
    ),
  ),
};

import { type Cell, claim, named, type Reproduction } from './reproduction.ts';

/** Units, and the relative variance of the influence in an independent simulation: UORO, KF-RTRL, OK-8 or none. */
const rows: readonly (readonly [number, number, number, number | undefined])[] = [
  [4, 13, 2.6, undefined],
  [8, 24, 2, undefined],
  [16, 67, 3.8, 6.5e-5],
  [32, 168, 4, 2.3e-3],
  [64, 350, 5.1, 6.9e-3],
];

const estimators = [
  ['UORO', named('uoro'), 1],
  ['KF-RTRL', named('kfRtrl'), 2],
  ['OK-8', named('ok', { rank: 8 }), 3],
] as const;

export const varianceVsUnits: Reproduction = {
  name: 'variance-vs-units',
  title: 'The variance of three unbiased estimators against the number of units',
  source:
    'Tallec and Ollivier 2018, the figure on variance; Mujika, Meier and Steger 2018 (KF-RTRL); Benzing and others 2019 (OK)',
  about: [
    'Variance over the squared gradient, both of the recurrent weights and summed over 2,000 steps, of a tanh network on a^n b^n(1, 32) whose parameters stay as they were drawn; 16 copies.',
    "The simulated figures are another quantity, the relative variance of the whole influence matrix after 40 steps: compare how they grow, not their size. UORO's grows with the units, that of KF-RTRL hardly.",
    'Abstract of KF-RTRL: noise that is stable over time and asymptotically much smaller than that of UORO (read).',
  ],
  measure: { of: 'probe', figure: 'variance', block: 'cell.u', copies: 16 },
  steps: 2000,
  cells: estimators.flatMap(([title, estimator, column]) =>
    rows.map((row): Cell => {
      const value = row[column];
      return {
        label: `${title}, ${row[0]} units`,
        experiment: 'anbn',
        settings: { cell: 'rnn', units: row[0], optimizer: 'sgd', rate: 0 },
        estimator,
        // Another quantity than ours, so no deviation from it is told.
        ...(value !== undefined && { published: [claim(`${value} of the influence`, 'simulated')] }),
      };
    }),
  ),
};

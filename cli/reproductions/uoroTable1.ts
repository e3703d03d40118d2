import { type Cell, figure, type Reproduction } from './reproduction.ts';

/** Cell, estimator, window, published, simulated. */
const rows: readonly (readonly [string, 'uoro' | 'tbptt', number, number, number])[] = [
  ['lstm', 'uoro', 1, 0.147, 0.148],
  ['lstm', 'uoro', 2, 0.149, 0.15],
  ['lstm', 'uoro', 16, 0.154, 0.148],
  ['lstm', 'tbptt', 1, 0.178, 0.221],
  ['lstm', 'tbptt', 2, 0.149, 0.1955],
  ['lstm', 'tbptt', 16, 0.144, 0.1445],
  ['gru', 'uoro', 1, 0.155, 0.182],
  ['gru', 'uoro', 2, 0.174, 0.17],
  ['gru', 'uoro', 16, 0.149, 0.154],
  ['gru', 'tbptt', 1, 0.231, 0.231],
  ['gru', 'tbptt', 2, 0.285, 0.282],
  ['gru', 'tbptt', 16, 0.207, 0.1805],
];

/** Simulations of more than one run, whose median is given. */
const simulatedRuns: Readonly<Record<string, string>> = {
  'lstm tbptt 1': '0.220, 0.222',
  'lstm tbptt 2': '0.244, 0.147',
  'gru uoro 1': '0.168, 0.182, 0.221',
  'gru tbptt 16': '0.159, 0.202',
};

export const uoroTable1: Reproduction = {
  name: 'uoro-table-1',
  title: 'a^n b^n(1, 32): UORO and truncated backpropagation with 12 networks',
  source: 'Tallec and Ollivier, Unbiased online recurrent optimization, 2018, table 1',
  about: [
    'Bits per symbol over the last 100,000 of 10 million symbols, in one pass; the entropy rate is 0.1429, and 0.2857 without counting.',
    '64 units, Adam with 0.001/(1 + 0.03√t), one update a symbol for UORO and one a window for truncated backpropagation.',
    'The published table seems to have one run per cell, and seeds differ by up to 0.1 bits.',
  ],
  measure: { of: 'run', unit: 'bits' },
  steps: 10_000_000,
  cells: rows.map(([cell, estimator, window, published, simulated]): Cell => {
    const memory = window === 1 ? '' : ` memory-${window}`;
    const runs = simulatedRuns[`${cell} ${estimator} ${window}`];
    return {
      label: `${cell.toUpperCase()}, ${estimator === 'uoro' ? `UORO${memory}` : `TBPTT-${window}`}`,
      experiment: 'anbn',
      settings: { cell, estimator, window },
      published: [
        figure(published, 'recalled'),
        figure(simulated, 'simulated', runs === undefined ? undefined : `median of ${runs}`),
      ],
    };
  }),
};

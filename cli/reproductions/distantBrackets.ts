import { type Cell, claim, figure, type Published, type Reproduction } from './reproduction.ts';

function row(
  cell: 'gru' | 'lstm',
  settings: Readonly<Record<string, string | number>>,
  label: string,
  published: readonly Published[],
): Cell {
  return {
    label: `${cell.toUpperCase()}, ${label}`,
    experiment: 'brackets',
    settings: { cell, ...settings },
    published,
  };
}

const uoro = { estimator: 'uoro' };
const tbptt = { estimator: 'tbptt', window: 4 };

export const distantBrackets: Reproduction = {
  name: 'distant-brackets',
  title: 'Distant brackets (1, 5, 10): UORO against 4 steps of truncated backpropagation',
  source: 'Tallec and Ollivier, Unbiased online recurrent optimization, 2018',
  about: [
    'Bits per symbol over the last 100,000 of 10 million symbols, in one pass; the entropy rate is 1.6610, and 1.9378 without memory.',
    '64 units, Adam with 0.001/(1 + 0.015√t), one update a symbol for UORO and one a window for truncated backpropagation.',
    'The paper has curves and no table.',
  ],
  measure: { of: 'run', unit: 'bits' },
  steps: 10_000_000,
  cells: [
    row('gru', uoro, 'UORO', [claim('nearly optimal', 'recalled'), figure(1.685, 'simulated')]),
    row('lstm', uoro, 'UORO', [claim('nearly optimal', 'recalled'), figure(1.676, 'simulated')]),
    row('gru', tbptt, 'TBPTT-4', [claim('learns slowly', 'recalled'), figure(1.877, 'simulated')]),
    row('lstm', tbptt, 'TBPTT-4', [claim('stays without memory', 'recalled'), figure(1.93, 'simulated')]),
  ],
};

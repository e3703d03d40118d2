import { type Cell, claim, figure, type Published, type Reproduction } from './reproduction.ts';

const constantRate = { rate: 1e-5, alpha: 0 };
const falling = { rate: 1e-3, alpha: 1 };
const toLarge: readonly Published[] = [claim('diverges at every rate', 'recalled')];

function truncated(window: number, published: readonly Published[]): Cell {
  return {
    label: `TBPTT-${window}`,
    experiment: 'influence-balancing',
    settings: { estimator: 'tbptt', window, ...falling },
    published,
  };
}

export const influenceBalancing: Reproduction = {
  name: 'influence-balancing',
  title: 'Influence balancing: one parameter of 23 units, 13 of them of the opposite sign',
  source: 'Tallec and Ollivier, Unbiased online recurrent optimization, 2018',
  about: [
    'The mean loss over the last tenth of 100,000 steps; the optimum is θ = -1/6, with loss 0.',
    'The simulations give the loss at the last step, which for a loss that still falls is below the mean of the last tenth.',
    'Gradient descent with 0.001/(1 + √t), and 0.00001 throughout for UORO: the rates are not those of the paper, which are not known here.',
    'The sum of the derivatives over a block has the wrong sign up to 109 steps (computed).',
  ],
  measure: { of: 'run', unit: 'loss' },
  steps: 100_000,
  cells: [
    {
      label: 'UORO',
      experiment: 'influence-balancing',
      settings: { estimator: 'uoro', ...constantRate },
      published: [claim('converges', 'recalled'), figure(6e-31, 'simulated', 'median of 20 seeds')],
    },
    {
      label: 'RTRL',
      experiment: 'influence-balancing',
      settings: { estimator: 'rtrl', ...falling },
      published: [claim('converges', 'recalled'), figure(9e-21, 'simulated')],
    },
    truncated(1, [...toLarge, figure(1e4, 'simulated', 'and growing')]),
    truncated(10, [...toLarge, claim('diverges', 'simulated')]),
    truncated(100, [...toLarge, figure(1.8e2, 'simulated', 'and growing')]),
    truncated(120, [figure(1e-1, 'simulated')]),
    truncated(200, [claim('converges', 'recalled'), figure(3e-8, 'simulated')]),
  ],
};

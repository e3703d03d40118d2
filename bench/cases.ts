import type { Lanes } from './lanes.ts';
import type { Options } from './options.ts';
import { type Case, nameOf } from './problem.ts';

/** The cases that are compared with other libraries, and with the hardware: [cell, units, estimator, optimiser, lanes]. */
const cases: readonly (readonly [Case['cell'], number, Case['estimator'], Case['optimizer'], number])[] = [
  ['rnn', 64, 'uoro', 'sgd', 1],
  ['gru', 64, 'uoro', 'sgd', 1],
  ['gru', 512, 'uoro', 'sgd', 1],
  ['gru', 64, 'uoro', 'adam', 1],
  ['gru', 256, 'uoro', 'adam', 1],
  ['gru', 512, 'uoro', 'adam', 1],
  ['rnn', 64, 'tbptt-16', 'sgd', 1],
  ['rnn', 256, 'tbptt-16', 'sgd', 1],
  ['gru', 64, 'tbptt-16', 'sgd', 1],
  ['gru', 256, 'tbptt-16', 'sgd', 1],
  ['gru', 512, 'tbptt-16', 'sgd', 1],
  ['gru', 64, 'tbptt-1', 'adam', 1],
  ['gru', 256, 'tbptt-1', 'adam', 1],
  ['rnn', 64, 'rtrl', 'sgd', 1],
  ['gru', 64, 'rtrl', 'sgd', 1],
  ['lstm', 64, 'rtrl', 'sgd', 1],
  ['gru', 64, 'tbptt-16', 'sgd', 8],
  ['gru', 64, 'tbptt-16', 'sgd', 32],
  ['gru', 64, 'uoro', 'sgd', 8],
  ['gru', 64, 'uoro', 'sgd', 32],
];

/** Those that the options choose, with their names. */
export function chosenCases({
  cells,
  estimators,
  optimizers,
  sizes,
}: Options): { name: string; own: Lanes }[] {
  return cases
    .filter(
      ([cell, units, estimator, optimizer]) =>
        cells.includes(cell) &&
        sizes.includes(units) &&
        estimators.includes(estimator) &&
        optimizers.includes(optimizer),
    )
    .map(([cell, units, estimator, optimizer, lanes]) => {
      const own = { cell, units, estimator, optimizer, lanes, dtype: 'float32' } as const;
      return { name: `${nameOf(own)}${lanes === 1 ? '' : `, ${lanes} lanes`}`, own };
    });
}

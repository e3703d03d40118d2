import { type FloatDType, wasm } from '../../lib/index.ts';
import { learnerContestant } from '../contestant.ts';
import { handUoroRnn } from '../hand/uoro-rnn.ts';
import { ratio } from '../measure.ts';
import type { Options } from '../options.ts';
import { plainContestant } from '../plain/index.ts';
import {
  type Case,
  type CellName,
  type EstimatorName,
  nameOf,
  type OptimizerName,
  problemOf,
} from '../problem.ts';
import { race } from '../race.ts';
import { type Cell, type Table, times } from '../report.ts';

/** The sizes at which exact RTRL's units³·units numbers still fit a session. */
const rtrlLimit: Readonly<Record<CellName, number>> = { rnn: 128, gru: 64, lstm: 64 };

/** The chosen cases, without expensive ones that would make no sense. */
function casesOf({ cells, estimators, optimizers, sizes }: Options, dtype: FloatDType): Case[] {
  return (cells as CellName[]).flatMap((cell) =>
    (estimators as EstimatorName[]).flatMap((estimator) =>
      (optimizers as OptimizerName[]).flatMap((optimizer) =>
        sizes
          .filter((units) =>
            estimator === 'rtrl'
              ? units <= rtrlLimit[cell]
              : units < 1024 || (estimator === 'uoro' && optimizer === 'sgd'),
          )
          .map((units) => ({ cell, estimator, optimizer, units, dtype })),
      ),
    ),
  );
}

/** The learner alone, in every case and both dtypes. */
export function grid(options: Options, say: (text: string) => void): Table {
  const rows = casesOf(options, 'float32').map((own): Cell[] => {
    const timings = (['float32', 'float64'] as const).map((dtype) => {
      const problem = problemOf({ ...own, dtype });
      say(nameOf(problem));
      return race(problem, [() => learnerContestant(problem)], options.effort)[0];
    });
    return [nameOf(own), ...timings];
  });
  return {
    group: 'grid',
    title: 'µs per step: median (min..max)',
    columns: ['cell, units, estimator, optimiser', 'float32', 'float64'],
    rows,
  };
}

/** The learner against steps written by hand in JavaScript, and against its own eager path. */
export function plain(options: Options, say: (text: string) => void): Table {
  const rows = casesOf(options, 'float32').flatMap((own): Cell[][] => {
    const problem = problemOf(own);
    if (plainContestant(problem) === undefined) return [];
    say(nameOf(own));
    const hasEager = own.units <= 64 && own.estimator !== 'rtrl';
    const [compiled, byHand, eager] = race(
      problem,
      [
        () => learnerContestant(problem),
        () => plainContestant(problem) as ReturnType<typeof learnerContestant>,
        ...(hasEager ? [() => learnerContestant(problem, 'eager')] : []),
      ],
      options.effort,
    );
    return [
      [
        nameOf(own),
        compiled,
        byHand,
        times(ratio(byHand, compiled)),
        eager ?? '',
        eager ? times(ratio(eager, compiled)) : '',
      ],
    ];
  });
  return {
    group: 'plain',
    title: 'Against plain JavaScript written by hand, and the eager path: µs per step',
    columns: ['case', 'norewind', 'plain JavaScript', 'ratio', 'eager', 'ratio'],
    rows,
    notes: [
      'All contestants had the same losses and parameters over 48 steps first. Ratios are medians over rounds. The plain steps read their',
      "random signs from a table; norewind's time, of stepMany on up to 256 symbols, includes drawing them and checking its input and numbers.",
    ],
  };
}

/** The generic step against one written for the cell. */
export function hand({ sizes, effort }: Options, say: (text: string) => void): Table {
  const rows = sizes.map((units): Cell[] => {
    const problem = problemOf({ cell: 'rnn', estimator: 'uoro', optimizer: 'sgd', units, dtype: 'float32' });
    say(`hand: ${nameOf(problem)}`);
    const [generic, fused, single, relaxed] = race(
      problem,
      [
        () => learnerContestant(problem),
        () => handUoroRnn(problem),
        () => learnerContestant(problem, 'steps'),
        ...(wasm.hasRelaxedSimd() ? [() => learnerContestant(problem, 'relaxed')] : []),
      ],
      effort,
    );
    return [nameOf(problem), generic, fused, times(ratio(generic, fused)), single, relaxed ?? ''];
  });
  return {
    group: 'hand',
    title: 'The compiled step against instructions written by hand on the same kernels: µs per step',
    columns: ['case', 'norewind', 'by hand', 'ratio', 'norewind, step by step', 'norewind, relaxed SIMD'],
    rows,
    notes: [
      'The hand-written step reads its signs from a table and checks nothing. Step by step, each step also returns its output.',
      'Relaxed SIMD on Node 20: NODE_OPTIONS=--experimental-wasm-relaxed-simd npm run bench -- hand',
    ],
  };
}

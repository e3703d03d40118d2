import { wasm } from '../../lib/index.ts';
import { learnerContestant } from '../contestant.ts';
import { cpuClock, interleave, ratio } from '../measure.ts';
import type { Options } from '../options.ts';
import { type Case, type CellName, type EstimatorName, nameOf, problemOf } from '../problem.ts';
import { runnerOf } from '../race.ts';
import { type Cell, type Table, times } from '../report.ts';

/** Estimators with the sizes at which the table is read. */
const wanted: Readonly<Partial<Record<EstimatorName, readonly number[]>>> = {
  uoro: [64, 256],
  'tbptt-16': [64, 256],
  rtrl: [64],
};

/** Plans with strict and with relaxed SIMD. */
export function relaxed(
  { cells, estimators, optimizers, effort }: Options,
  say: (text: string) => void,
): Table {
  const cases = (Object.entries(wanted) as [EstimatorName, readonly number[]][])
    .filter(([estimator]) => wasm.hasRelaxedSimd() && estimators.includes(estimator))
    .flatMap(([estimator, sizes]) =>
      (cells as CellName[]).flatMap((cell) =>
        sizes.flatMap((units) =>
          (optimizers as Case['optimizer'][]).map(
            (optimizer): Case => ({ cell, estimator, optimizer, units, dtype: 'float32' }),
          ),
        ),
      ),
    );
  const rows = cases.map((own): Cell[] => {
    const problem = problemOf(own);
    say(`relaxed: ${nameOf(own)}`);
    const runners = (['chunks', 'relaxed'] as const).map((how) =>
      runnerOf(learnerContestant(problem, how), problem),
    );
    const [strict, fused] = interleave(runners, effort, cpuClock);
    return [nameOf(own), strict, fused, times(ratio(strict, fused))];
  });
  return {
    group: 'relaxed',
    title: 'Strict and relaxed SIMD, float32: µs of CPU per step',
    columns: ['case', 'strict', 'relaxed', 'ratio'],
    rows,
    notes: wasm.hasRelaxedSimd()
      ? []
      : [`This engine has no relaxed SIMD: use ${wasm.relaxedSimdNeeds} (in NODE_OPTIONS).`],
  };
}

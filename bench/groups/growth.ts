import { leavesOf, type Tree } from '../../lib/index.ts';
import { crossEntropy, indrnn, linear, lru, model, rnn } from '../../nn/index.ts';
import { createLearner, type LearnerConfig, rtrl, sgd, uoro } from '../../trainers/index.ts';
import { interleave, ratio } from '../measure.ts';
import type { Options } from '../options.ts';
import { symbols } from '../problem.ts';
import { type Cell, digits, type Table, times } from '../report.ts';

const series = [
  { name: 'rnn, UORO', cell: rnn, estimator: () => uoro(), sizes: [16, 32, 64, 128, 256, 512, 1024] },
  { name: 'rnn, exact RTRL', cell: rnn, estimator: () => rtrl(), sizes: [16, 32, 64, 128] },
  { name: 'indrnn, exact RTRL', cell: indrnn, estimator: () => rtrl(), sizes: [64, 128, 256, 512] },
  { name: 'lru, exact RTRL', cell: lru, estimator: () => rtrl(), sizes: [64, 128, 256] },
] as const;

/**
 * How the time of a step grows with the units S and the parameters P, with the power of P between neighbours.
 */
export function growth({ effort, sizes }: Options, say: (text: string) => void): Table {
  const largest = Math.max(...sizes);
  const rows = series.flatMap(({ name, cell, estimator, sizes: all }): Cell[][] => {
    const chosen = all.filter((units) => units <= largest);
    say(`growth: ${name}`);
    const learners = chosen.map((units) =>
      createLearner({
        model: model({
          cell: cell({ inputs: symbols, units }) as never,
          readout: linear({ outputs: symbols }),
        }),
        loss: crossEntropy,
        estimator: estimator(),
        optimizer: sgd({ rate: 1e-3 }),
      } as unknown as LearnerConfig<Tree, Tree, number, number>),
    );
    const parameters = learners.map((learner) =>
      leavesOf(learner.parameters as Tree).reduce((sum, leaf) => sum + leaf.size, 0),
    );
    const timings = interleave(
      learners.map((learner, i) => {
        let t = 0;
        const run = (count: number) => {
          for (const end = t + count; t < end; t++) learner.step((t * 7) % symbols, (t * 7 + 7) % symbols);
        };
        return { name: `${name} ${chosen[i]}`, run };
      }),
      effort,
    );
    return timings.map((timing, i) => {
      const growth = i === 0 ? 1 : ratio(timing, timings[i - 1]);
      const power = i === 0 ? '' : digits(Math.log(growth) / Math.log(parameters[i] / parameters[i - 1]));
      const whole =
        i === timings.length - 1
          ? `${times(ratio(timing, timings[0]))} for ${times(parameters[i] / parameters[0])} the parameters`
          : '';
      return [
        `${name}, ${chosen[i]} units`,
        String(parameters[i]),
        timing,
        digits((1000 * timing.median) / parameters[i]),
        power,
        whole,
      ];
    });
  });
  return {
    group: 'growth',
    title: 'Growth with size',
    columns: [
      'case',
      'parameters',
      'µs per step',
      'ns per parameter',
      'power of P',
      'largest against smallest',
    ],
    rows,
  };
}

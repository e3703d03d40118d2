import type { Tree } from '../../lib/index.ts';
import {
  createLearner,
  createProbe,
  diagonal,
  type Estimator,
  kfRtrl,
  type Learner,
  rtrl,
  uoro,
} from '../../trainers/index.ts';
import { cpuClock, interleave, median, type Runner, type Timing } from '../measure.ts';
import type { Options } from '../options.ts';
import { configOf, symbols } from '../problem.ts';
import { type Cell, type Table, times } from '../report.ts';

const copies = 8;

const probed: Readonly<Record<string, Estimator>> = { uoro: uoro(), kfRtrl: kfRtrl(), diagonal: diagonal() };

/** A probe against learners of their own: RTRL, the one that it follows, and each copy of the estimator. */
export function probeTable({ sizes, effort }: Options, say: (text: string) => void): Table {
  const rows = [16, 64]
    .filter((units) => sizes.includes(units))
    .flatMap((units) =>
      Object.entries(probed).map(([name, estimator]): Cell[] => {
        say(`probe: gru ${units} ${name}`);
        const followed = learnerOf(units, uoro());
        const probe = createProbe({ learner: followed, estimators: { [name]: estimator }, copies });
        const [exact, other, own, together] = interleave(
          [learnerOf(units, rtrl()), learnerOf(units, uoro()), learnerOf(units, estimator), probe].map((it) =>
            runnerOf(name, it),
          ),
          effort,
          cpuClock,
        );
        const { copies: count } = probe.report().estimators[name];
        const share = (least: (round: number) => number) =>
          times(median(together.rounds.map((value, round) => value / least(round))));
        const sum = (round: number) => exact.rounds[round] + count * own.rounds[round];
        return [
          `gru ${units}, ${count} ${count === 1 ? 'copy' : 'copies'} of ${name}`,
          ...[exact, other, own, together].map((timing: Timing) => timing.median),
          share(sum),
          share((round) => sum(round) + other.rounds[round]),
        ];
      }),
    );
  return {
    group: 'probe',
    title: 'A probe against learners of their own: µs of CPU per step',
    columns: [
      'case',
      'RTRL',
      'followed',
      'a copy',
      'probe',
      'against RTRL + copies',
      'against RTRL + copies + followed',
    ],
    rows,
  };
}

/** All keep their gradients, as those in a probe do. */
function learnerOf(units: number, estimator: Estimator): Learner<Tree, Tree, number, number> {
  const config = configOf({ cell: 'gru', estimator: 'uoro', optimizer: 'adam', units, dtype: 'float32' });
  const learner = createLearner({ ...config, estimator });
  learner.expectGradient(Number.MAX_SAFE_INTEGER);
  return learner;
}

function runnerOf(name: string, own: { step(input: number, target: number): unknown }): Runner {
  let t = 0;
  const run = (count: number) => {
    for (const end = t + count; t < end; t++) own.step((t * 7) % symbols, (t * 7 + 7) % symbols);
  };
  return { name, run };
}

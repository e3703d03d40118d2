import { createPairs, type Trail } from '../../trainers/evaluation/index.ts';
import { titleOf } from '../../trainers/registry/index.ts';
import { influenceNorms } from '../../trainers/streams/index.ts';
import type { AnyLearner } from '../experiments/experiment.ts';
import type { Plan } from '../experiments/resolve.ts';
import type { MetricsRecord } from '../training/metrics.ts';
import { describeRun } from '../training/results.ts';
import type { Listener } from '../training/train.ts';
import type { LivePage } from './server.ts';
import { createWatcher, type Watcher } from './watcher.ts';

/** Shows a run of an experiment on a page. */
export function runPage(page: LivePage, { config, prepared }: Plan, folder: string): Listener {
  const { unit, alphabet } = prepared;
  const pairs = createPairs();
  let watcher: Watcher | undefined;
  let learner: AnyLearner;
  let steps = 0;
  let latest: (() => MetricsRecord) | undefined;
  const trail = (): Trail | null =>
    alphabet === undefined
      ? null
      : {
          kind: 'symbols',
          symbols: pairs.came().map((symbol) => alphabet[symbol]),
          probabilities: pairs.said().map((loss) => Math.exp(-loss)),
        };
  return {
    onBegin(session, before) {
      ({ learner } = session);
      steps = before;
      watcher = createWatcher(page, {
        heading: { title: describeRun(config), folder, unit, recent: config.lastWindow, noun: 'steps' },
        count: () => steps,
        look() {
          if (latest === undefined) return undefined;
          const { mean, recent, gradientNorm, baselines } = latest();
          return {
            figures: { [titleOf(config.estimator)]: { mean, recent }, ...baselines },
            gradientNorm,
            influence: influenceNorms(learner),
            trail: trail(),
          };
        },
      });
    },
    onStep(loss, target) {
      steps++;
      if (alphabet !== undefined) pairs.add(Number(target), loss);
    },
    onProgress(_, look) {
      latest = look;
      watcher?.look();
    },
    onEnd: () => watcher?.look(true),
  };
}

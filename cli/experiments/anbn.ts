import { anbn as anbnTask } from '../../trainers/index.ts';
import { type Experiment, valuesOf } from './experiment.ts';
import { symbolDefaults, symbolTask } from './symbols.ts';

export const anbn: Experiment = {
  name: 'anbn',
  summary: 'a^n b^n: count the a, then predict the same number of b',
  options: [
    { name: 'min', kind: 'count', description: 'the fewest letters in a run', value: 1 },
    { name: 'max', kind: 'count', description: 'the most letters in a run', value: 32 },
  ],
  origin: "the paper's settings, for a tenth of its steps",
  defaults: (estimator) => symbolDefaults(estimator, { alpha: 0.03, window: 16, steps: 1_000_000 }),
  prepare(request) {
    const settings = { ...valuesOf(anbn.options), ...request.task, seed: request.seed };
    const task = anbnTask(settings);
    const levels = [
      { label: 'entropy rate', value: task.entropyRate },
      { label: 'without counting', value: task.countBlindRate },
    ];
    return symbolTask(task, request, { task: settings, levels });
  },
};

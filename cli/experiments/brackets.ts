import { distantBrackets } from '../../trainers/index.ts';
import { type Experiment, valuesOf } from './experiment.ts';
import { symbolDefaults, symbolTask } from './symbols.ts';

export const brackets: Experiment = {
  name: 'brackets',
  summary: 'distant brackets: repeat the content of the first pair of brackets',
  options: [
    { name: 's', kind: 'count', description: 'letters inside the brackets', value: 1 },
    { name: 'k', kind: 'count', description: 'letters between the brackets', value: 5 },
    { name: 'a', kind: 'count', description: 'letters in the alphabet', value: 10 },
  ],
  origin: "the paper's settings, for a tenth of its steps",
  defaults: (estimator) => symbolDefaults(estimator, { alpha: 0.015, window: 4, steps: 1_000_000 }),
  prepare(request) {
    const settings = { ...valuesOf(brackets.options), ...request.task, seed: request.seed };
    const task = distantBrackets(settings);
    const levels = [
      { label: 'entropy rate', value: task.entropyRate },
      { label: 'without memory', value: task.memorylessRate },
    ];
    return symbolTask(task, request, { task: settings, levels });
  },
};

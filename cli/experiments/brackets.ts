import { distantBrackets } from '../../trainers/index.ts';
import type { Experiment } from './experiment.ts';
import { symbolDefaults, symbolTask } from './symbols.ts';

export const brackets: Experiment = {
  name: 'brackets',
  summary: 'distant brackets: repeat what stood in the first pair of brackets',
  options: [
    { name: 's', kind: 'count', description: 'letters inside the brackets' },
    { name: 'k', kind: 'count', description: 'letters between the brackets' },
    { name: 'a', kind: 'count', description: 'letters in the alphabet' },
  ],
  defaults: (estimator) => symbolDefaults(estimator, { alpha: 0.015, window: 4, steps: 1_000_000 }),
  prepare(request) {
    const settings = { s: 1, k: 5, a: 10, ...request.task, seed: request.seed };
    const task = distantBrackets(settings);
    const levels = [
      { label: 'entropy rate', value: task.entropyRate },
      { label: 'without memory', value: task.memorylessRate },
    ];
    return symbolTask(task, request, { task: settings, levels });
  },
};

import { distantBrackets, tasks } from '../../trainers/index.ts';
import { settable } from '../../trainers/registry/index.ts';
import type { Experiment } from './experiment.ts';
import { sampleEntropy, symbolDefaults, symbolTask } from './symbols.ts';

export const brackets: Experiment = {
  name: 'brackets',
  summary: 'distant brackets: repeat the content of the first pair of brackets',
  options: settable(tasks.distantBrackets.options),
  usual: distantBrackets().settings,
  origin: "rate γ, alpha, units, cell, optimiser and task are the paper's; it takes ten times as many steps",
  defaults: (estimator) => symbolDefaults(estimator, { alpha: 0.015, window: 4, steps: 1_000_000 }),
  prepare(request) {
    const task = distantBrackets({ ...request.task, seed: request.seed });
    const levels = [
      { label: 'entropy rate', value: task.entropyRate },
      { label: 'without memory', value: task.memorylessRate },
    ];
    return symbolTask(task, request, {
      task: { ...task.settings, seed: request.seed },
      levels,
      yardsticks: () => [sampleEntropy(task.surprisal())],
    });
  },
};

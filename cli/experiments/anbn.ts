import { anbn as anbnTask, tasks } from '../../trainers/index.ts';
import { settable } from '../../trainers/registry/index.ts';
import type { Experiment } from './experiment.ts';
import { sampleEntropy, symbolDefaults, symbolTask } from './symbols.ts';

export const anbn: Experiment = {
  name: 'anbn',
  summary: 'a^n b^n: count the a, then predict the same number of b',
  options: settable(tasks.anbn.options),
  usual: anbnTask().settings,
  origin: "rate γ, alpha, units, cell, optimiser and task are the paper's; it takes ten times as many steps",
  defaults: (estimator) => symbolDefaults(estimator, { alpha: 0.03, window: 16, steps: 1_000_000 }),
  prepare(request) {
    const task = anbnTask({ ...request.task, seed: request.seed });
    const levels = [
      { label: 'entropy rate', value: task.entropyRate },
      { label: 'without counting', value: task.countBlindRate },
    ];
    return symbolTask(task, request, {
      task: { ...task.settings, seed: request.seed },
      levels,
      yardsticks: () => [sampleEntropy(task.surprisal())],
    });
  },
};

import {
  adding as addingTask,
  copy as copyTask,
  delayedSum as delayedSumTask,
  mimic as mimicTask,
  tasks,
} from '../../trainers/index.ts';
import { estimatorTable, settable, usualOf } from '../../trainers/registry/index.ts';
import type { Defaults, Experiment } from './experiment.ts';
import { sampleEntropy, symbolTask } from './symbols.ts';
import { vectorTask } from './vectors.ts';

const own = "the task's source is in its documentation; the learner's settings are norewind's own";

function defaults(estimator: string): Defaults {
  return {
    cell: { name: 'rnn', units: 32 },
    estimator: usualOf(estimatorTable, estimator),
    optimizer: { name: 'adam', rate: 1e-3, alpha: 0 },
    dtype: 'float32',
    steps: 200_000,
  };
}

/** Options of the command have other names: `--length` is the number of steps. */
const { symbols, length: pattern, delay } = settable(tasks.copy.options);
const { length: sequence } = settable(tasks.adding.options);
const usualCopy = { symbols: 8, pattern: 5, delay: 0 };
const usualAdding = { sequence: 20 };

export const copy: Experiment = {
  name: 'copy',
  summary: 'remember symbols, and repeat them after a delimiter',
  options: { symbols, pattern, delay },
  usual: usualCopy,
  origin: own,
  defaults,
  prepare(request) {
    const wanted = { ...usualCopy, ...request.task };
    const [symbols, pattern, delay] = [wanted.symbols, wanted.pattern, wanted.delay].map(Number);
    const task = copyTask({ symbols, length: pattern, delay, seed: request.seed });
    return symbolTask(task, request, {
      task: { symbols, pattern, delay, seed: request.seed },
      levels: [{ label: 'without memory', value: task.memorylessRate }],
    });
  },
};

export const adding: Experiment = {
  name: 'adding',
  summary: 'the sum of the two numbers that were marked last',
  options: { sequence },
  usual: usualAdding,
  origin: own,
  defaults,
  prepare(request) {
    const sequence = Number(request.task.sequence ?? usualAdding.sequence);
    const task = addingTask({ length: sequence, seed: request.seed, dtype: request.dtype });
    const { mean, lastOnly } = task.meanSquare;
    return vectorTask(
      task,
      request,
      { inputs: 2, outputs: 1 },
      {
        task: { sequence, seed: request.seed },
        levels: () => [
          { label: 'always the mean', value: mean },
          { label: 'the last mark only', value: lastOnly },
        ],
      },
    );
  },
};

export const delayedSum: Experiment = {
  name: 'delayed-sum',
  summary: 'a coin that depends on two coins some steps back',
  options: settable(tasks.delayedSum.options),
  usual: delayedSumTask().settings,
  origin: own,
  defaults,
  prepare(request) {
    const task = delayedSumTask({ ...request.task, seed: request.seed });
    return symbolTask(task, request, {
      task: { ...task.settings, seed: request.seed },
      levels: [
        { label: 'both coins', value: task.entropyRate },
        { label: 'the first coin only', value: task.firstOnlyRate },
        { label: 'without memory', value: task.memorylessRate },
      ],
      yardsticks: () => [sampleEntropy(task.surprisal())],
    });
  },
};

export const mimic: Experiment = {
  name: 'mimic',
  summary: 'the outputs of a fixed random network, from its inputs',
  options: settable(tasks.mimic.options),
  usual: mimicTask().settings,
  origin: own,
  defaults,
  prepare(request) {
    const task = mimicTask({ ...request.task, seed: request.seed, dtype: request.dtype });
    return vectorTask(task, request, task.settings, {
      task: { ...task.settings, seed: request.seed },
      levels: () => [{ label: 'the best constant', value: task.meanSquare.constant }],
    });
  },
};

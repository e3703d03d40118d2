import { guard, UsageError } from '../../lib/index.ts';
import { anbn } from './anbn.ts';
import { brackets } from './brackets.ts';
import type { Experiment } from './experiment.ts';
import { adding, copy, delayedSum, mimic } from './memory.ts';
import { attitude, hypergradient, influenceBalancing } from './systems.ts';
import { text } from './text.ts';

export const experiments: readonly Experiment[] = [
  influenceBalancing,
  hypergradient,
  attitude,
  anbn,
  brackets,
  copy,
  adding,
  delayedSum,
  mimic,
  text,
];

/** @throws UsageError for an unknown name. */
export function findExperiment(name: string): Experiment {
  const found = experiments.find((experiment) => experiment.name === name);
  if (found !== undefined) return found;
  const names = experiments.map((experiment) => experiment.name);
  const hint =
    guard.didYouMean(name, names) ||
    `; there are ${names.join(', ')}, or the path of a configuration such as runs/anbn-uoro/config.json`;
  throw new UsageError(`there is no experiment ${JSON.stringify(name)}${hint}`);
}

import { titleOf } from '../../trainers/registry/index.ts';
import type { RunConfig } from '../experiments/config.ts';
import type { Listener } from '../training/train.ts';
import { createEventFile, type EventFile } from './eventFile.ts';
import { scalarsOf } from './scalars.ts';

/** Writes the metrics of a run of an experiment as an event file of TensorBoard. */
export function runEvents({ estimator }: RunConfig, folder: string): Listener {
  let file: EventFile | undefined;
  return {
    onBegin(_, steps, past) {
      // A last line of a session that was stopped, between two lines that are due, is void once the run is resumed.
      file = createEventFile(folder, past.at(-1)?.step === steps ? steps + 1 : steps);
    },
    onRecord({ step, mean, recent, gradientNorm, baselines }) {
      file?.append(step, scalarsOf({ [titleOf(estimator)]: { mean, recent }, ...baselines }, gradientNorm));
    },
    onEnd: () => file?.close(),
  };
}

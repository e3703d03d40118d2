import { titleOf } from '../../trainers/registry/index.ts';
import type { RunConfig } from '../experiments/config.ts';
import { figuresOf } from '../training/metrics.ts';
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
    onRecord(record) {
      const { gradientNorm, ...own } = figuresOf(record);
      const others = Object.entries(record.yardsticks ?? {}).map(
        ([label, { meanBits, windowBits }]) => [label, { mean: meanBits, recent: windowBits }] as const,
      );
      const figures = { [titleOf(estimator)]: own, ...Object.fromEntries(others) };
      file?.append(record.step, scalarsOf(figures, gradientNorm));
    },
    onEnd: () => file?.close(),
  };
}

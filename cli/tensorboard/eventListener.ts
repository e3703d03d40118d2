import type { Listener } from '../stream/run/listener.ts';
import type { StreamRecord } from '../stream/run/record.ts';
import { createEventFile, type EventFile } from './eventFile.ts';
import { type Pairs, scalarsOf } from './scalars.ts';

/** Writes the metrics of a run as an event file of TensorBoard. */
export function eventListener(): Listener {
  let file: EventFile | undefined;
  return {
    begin({ folder, config: { every }, position: { records } }) {
      // A last line of the session before, between two multiples of `every`, is void once the run is resumed.
      file = createEventFile(folder, Math.floor(records / every) * every + 1);
    },
    onRecord: (record) => file?.append(record.step, scalarsOfStream(record)),
    close: () => file?.close(),
  };
}

/** The scalars of a line of `norewind train`. */
export function scalarsOfStream({
  mean,
  recent,
  gradientNorm,
  skipped,
  served = 'network',
  baselines,
}: StreamRecord) {
  const figures: Pairs = { [served]: { mean, recent }, ...baselines };
  return { ...scalarsOf(figures, gradientNorm), 'data/skipped records': skipped };
}

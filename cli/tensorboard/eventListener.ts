import type { Listener } from '../stream/run/listener.ts';
import { createEventFile, type EventFile } from './eventFile.ts';

/** Writes the metrics of a run as an event file of TensorBoard. */
export function eventListener(): Listener {
  let file: EventFile | undefined;
  return {
    begin({ folder, config: { every }, position: { records } }) {
      // A last line of the session before, between two multiples of `every`, is void once the run is resumed.
      file = createEventFile(folder, Math.floor(records / every) * every + 1);
    },
    onRecord: (record) => file?.append(record),
    close: () => file?.close(),
  };
}

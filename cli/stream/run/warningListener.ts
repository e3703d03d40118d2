import { quoted } from '../../../trainers/streams/index.ts';
import type { Listener } from './listener.ts';
import type { StreamRun } from './openRun.ts';

/**
 * Names once, even if the run is quiet, the columns without any value: their names may be misspelt, which is
 * no error in NDJSON.
 */
export function warningListener(tell: (sentence: string) => void): Listener {
  let isTold = false;
  function warn({ session, position: { records } }: StreamRun): void {
    if (isTold) return;
    isTold = true;
    for (const column of session.unseen?.() ?? [])
      tell(`norewind: column ${quoted(column)} has had no value in ${records} records`);
  }
  return { onRecord: (_, run) => warn(run), onEnd: warn };
}

import { quoted } from '../../../trainers/streams/index.ts';
import { counted } from '../../terminal/numbers.ts';
import type { Listener } from './listener.ts';
import type { StreamRun } from './openRun.ts';

/**
 * Says the notes on the data once something was predicted: data that are refused have one sentence, what is
 * wrong with them. Names once, even if the run is quiet, the columns without any value: their names may be misspelt, which is
 * no error in NDJSON.
 */
export function warningListener(tell: (sentence: string) => void, notes: readonly string[]): Listener {
  let isNoted = false;
  function note({ session }: StreamRun): void {
    if (isNoted || session.report().scored === 0) return;
    isNoted = true;
    for (const each of notes) tell(`norewind: ${each}`);
  }
  let isTold = false;
  function warn({ session, position: { records } }: StreamRun): void {
    if (isTold) return;
    isTold = true;
    for (const column of session.unseen?.() ?? [])
      tell(`norewind: column ${quoted(column)} has had no value in ${counted(records, 'record')}`);
  }
  return {
    onProgress: note,
    onRecord(_, run) {
      note(run);
      warn(run);
    },
    onEnd: warn,
    // Also if the data failed later: what was learnt is kept.
    close: note,
  };
}

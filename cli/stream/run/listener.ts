import type { Problem } from '../../../trainers/streams/index.ts';
import type { StreamRun } from './openRun.ts';
import type { StreamRecord } from './record.ts';

/** Follows a run on a stream: a status line, events for programs, a page. Each part is optional. */
export interface Listener {
  /** The run is open; nothing has been read yet. */
  begin?(run: StreamRun): void;
  /** A line of metrics. */
  onRecord?(record: StreamRecord, run: StreamRun): void;
  /** A record that is left out. */
  onProblem?(problem: Problem): void;
  /** About ten times a second while there are data. */
  onProgress?(run: StreamRun): void;
  /** The data ended, or the run was asked to stop, and everything is saved. */
  onEnd?(run: StreamRun): void;
  /** The run is over, whatever ended it. */
  close?(run: StreamRun): void;
  /** The run is done: the results. Not called if it was stopped or failed. */
  results?(run: StreamRun): Promise<void>;
}

/** Calls several listeners, each event in the order of the list. */
export function together(listeners: readonly Listener[]): Required<Listener> {
  const all = (tell: (each: Listener) => void) => {
    for (const each of listeners) tell(each);
  };
  return {
    begin: (run) => all((each) => each.begin?.(run)),
    onRecord: (record, run) => all((each) => each.onRecord?.(record, run)),
    onProblem: (problem) => all((each) => each.onProblem?.(problem)),
    onProgress: (run) => all((each) => each.onProgress?.(run)),
    onEnd: (run) => all((each) => each.onEnd?.(run)),
    close: (run) => all((each) => each.close?.(run)),
    async results(run) {
      for (const each of listeners) await each.results?.(run);
    },
  };
}

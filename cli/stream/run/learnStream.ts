import { DataError, NonFiniteError } from '../../../lib/index.ts';
import { type Batch, behind, Problem } from '../../../trainers/streams/index.ts';
import { FailedError, LostFolderError } from '../../errors.ts';
import { savings } from '../../signals.ts';
import type { Listener } from './listener.ts';
import type { StreamRun } from './openRun.ts';
import { recordOf } from './record.ts';

export interface Following {
  /** Called with each unusable record. */
  readonly onError: 'stop' | 'skip';
  /** Ends the run after this many records. */
  readonly records: number;
  /** The records, and the seconds, between two checkpoints. */
  readonly checkpointRecords: number;
  readonly checkpointSeconds: number;
}

/** Asks a run to stop. */
export interface Stop {
  readonly signal: string | undefined;
  /** Call this when asking. The run sets it, as it may be waiting for data. */
  wake: () => void;
}

/** How long a run blocks the event loop at a time, in milliseconds. */
const turn = 20;
const progressEvery = 100;

/**
 * Predicts, scores and learns until the data end, enough records were used, or a stop is requested; then
 * saves.
 * @throws DataError for an unusable record or source, after saving; FailedError if learning or writing fails.
 * The last checkpoint is then that from before.
 */
export async function learnStream(
  run: StreamRun,
  batches: AsyncIterable<Batch<unknown>>,
  following: Following,
  stop: Stop,
  listener: Pick<Listener, 'onRecord' | 'onProblem' | 'onProgress'>,
): Promise<void> {
  const { session, metrics, config } = run;
  let turnEnds = performance.now() + turn;
  let nextProgress = 0;
  let nextSave = performance.now() + following.checkpointSeconds * 1000;
  // While the run waits for data, only this saves what was learnt.
  const timer = setInterval(() => {
    if (performance.now() >= nextSave) saveMeanwhile();
  }, 1000);
  for (const name of savings) process.on(name, saveMeanwhile);
  let failure: unknown;

  function save(): void {
    run.save();
    nextSave = performance.now() + following.checkpointSeconds * 1000;
  }

  /** Runs outside the loop, which must hear of a failure. */
  function saveMeanwhile(): void {
    try {
      save();
    } catch (error) {
      failure ??= error;
      stop.wake();
    }
  }

  function record(): void {
    const line = recordOf(run.position, session.report());
    metrics.append(line);
    listener.onRecord?.(line, run);
  }

  async function lookAround(now: number): Promise<void> {
    if (now >= nextProgress) {
      listener.onProgress?.(run);
      nextProgress = now + progressEvery;
    }
    if (now >= nextSave) save();
    await new Promise((resolve) => setImmediate(resolve));
    turnEnds = performance.now() + turn;
  }

  function take(entry: unknown): void {
    if (entry instanceof Problem) {
      if (following.onError === 'stop')
        throw new DataError(`${entry.sentence}; use --on-error skip to leave such records out`);
      listener.onProblem?.(entry);
      run.position = behind(run.position, entry);
      return;
    }
    session.advance(entry);
    run.position = behind(run.position, entry);
    const { records } = run.position;
    if (records % config.every === 0) record();
    if (records % following.checkpointRecords === 0) save();
  }

  const isOver = () =>
    failure !== undefined || stop.signal !== undefined || run.position.records >= following.records;
  const iterator = batches[Symbol.asyncIterator]();
  async function learn(): Promise<void> {
    try {
      while (!isOver()) {
        // A new promise each time: a long-lived one would keep every reaction ever attached to it.
        const next = await new Promise<IteratorResult<Batch<unknown>> | undefined>((resolve, reject) => {
          stop.wake = () => resolve(undefined);
          iterator.next().then(resolve, reject);
        });
        if (next === undefined || next.done) break;
        for (const entry of next.value) {
          if (isOver()) break;
          take(entry);
          const now = performance.now();
          if (now >= turnEnds) await lookAround(now);
        }
      }
      if (failure !== undefined) throw failure;
      save();
      // The checkpoint does not count this line: with more data, it would not be there.
      if (
        stop.signal === undefined &&
        run.position.records % config.every !== 0 &&
        session.report().scored > 0
      )
        record();
    } catch (error) {
      if (!(error instanceof DataError) || run.position.records === 0) throw error;
      save();
      throw new DataError(`${error.message}; ${run.saved()}`);
    } finally {
      metrics.close();
    }
  }

  try {
    await learn();
  } catch (error) {
    // The folder now belongs to another process.
    if (error instanceof LostFolderError) throw error;
    if (error instanceof NonFiniteError)
      throw new FailedError(`${error.message.replace('clipByGlobalNorm', '--clip')}; ${run.saved()}`);
    throw error instanceof FailedError ? new FailedError(`${error.message}; ${run.saved()}`) : error;
  } finally {
    clearInterval(timer);
    for (const name of savings) process.removeListener(name, saveMeanwhile);
  }
}

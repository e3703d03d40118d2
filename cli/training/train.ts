import { NonFiniteError } from '../../lib/index.ts';
import { createTally, type Tally } from '../../trainers/evaluation/index.ts';
import { FailedError } from '../errors.ts';
import { conditionOf, holds } from '../experiments/condition.ts';
import type { Session } from '../experiments/experiment.ts';
import type { Plan } from '../experiments/resolve.ts';
import { savings } from '../signals.ts';
import { createPace, type MetricsRecord, recordOf } from './metrics.ts';
import type { RunCheckpoint } from './runCheckpoint.ts';
import type { RunFiles } from './runFiles.ts';
import type { StopRequest } from './stop.ts';
import { createStopwatch, type Times } from './stopwatch.ts';

/** The outcome of a run. */
export interface Outcome extends Times {
  readonly status: 'done' | 'stopped' | 'diverged';
  /** The number of steps taken. */
  readonly steps: number;
  readonly records: readonly MetricsRecord[];
  /** The path of the last good state. */
  readonly checkpoint: string;
  /** For a diverged run: the step, and the number that became infinite. */
  readonly problem?: string;
  /** Why a run ended before its last step, if it was not asked to. */
  readonly reason?: string;
}

export interface Listener {
  /** The session is open. Earlier sessions of the run took `steps` steps. */
  onBegin?(session: Session, steps: number, past: readonly MetricsRecord[]): void;
  /** Called with each example that was learnt from. */
  onStep?(loss: number, target: unknown): void;
  /** Called about ten times a second. */
  onProgress?(step: number, look: () => MetricsRecord): void;
  onRecord?(record: MetricsRecord): void;
  /** Everything is saved. */
  onEnd?(): void;
}

/** Calls several listeners, each event in the order of the list. */
export function together(listeners: readonly Listener[]): Required<Listener> {
  const all = (tell: (each: Listener) => void) => {
    for (const each of listeners) tell(each);
  };
  return {
    onBegin: (session, steps, past) => all((each) => each.onBegin?.(session, steps, past)),
    onStep: (loss, target) => all((each) => each.onStep?.(loss, target)),
    onProgress: (step, look) => all((each) => each.onProgress?.(step, look)),
    onRecord: (record) => all((each) => each.onRecord?.(record)),
    onEnd: () => all((each) => each.onEnd?.()),
  };
}

/** How a run goes, besides its configuration. */
export interface Going {
  /** The seconds, and the steps, between two checkpoints; only one at the end if left out. */
  readonly checkpointSeconds?: number | undefined;
  readonly checkpointSteps?: number | undefined;
  /** The most that the process may take, in MiB. */
  readonly memory?: number | undefined;
  readonly from?: RunCheckpoint | undefined;
  /** The path and the times of what the run resumes from. */
  readonly before?: (Pick<Outcome, 'checkpoint'> & Times) | undefined;
}

/** How long a run keeps the thread before it yields, in milliseconds. */
const turn = 20;
const progressEvery = 100;

/**
 * Runs a plan, and writes metrics and checkpoints, at last that of the last good state, even if it is stopped or
 * diverges. Resumes from a checkpoint to the same metrics bit for bit.
 * @throws FailedError if the files cannot be written or the memory is used up; DataError if the checkpoint does
 * not fit the configuration.
 */
export async function train(
  plan: Plan,
  files: RunFiles,
  stop: StopRequest,
  listener: Listener = {},
  going: Going = {},
): Promise<Outcome> {
  const { config, prepared } = plan;
  const { from, before } = going;
  const { checkpointSeconds = Number.POSITIVE_INFINITY, checkpointSteps = Number.POSITIVE_INFINITY } = going;
  const session = plan.open(from?.learner);
  const loss = createTally(config.lastWindow, from?.loss);
  const models = prepared.yardsticks();
  const yardsticks = new Map(models.map(({ label }) => [label, createTally(config.lastWindow)]));
  const condition = config.stopWhen === undefined ? undefined : conditionOf(config.stopWhen);
  const isDue = createPace();
  const records = [...files.past];
  const watch = createStopwatch(before);
  let ending = from?.ending;
  let checkpoint = before?.checkpoint ?? '';
  let failure: unknown;
  let turnEnds = performance.now() + turn;
  let nextProgress = performance.now();
  let nextSave = performance.now() + 1000 * checkpointSeconds;

  function measure(target: unknown): void {
    for (const { label, observe } of models) (yardsticks.get(label) as Tally).add(observe(target as number));
  }

  function look(): MetricsRecord {
    const { gradient } = session.learner;
    return recordOf({ unit: prepared.unit, loss, yardsticks, gradient });
  }

  function record(): void {
    if (loss.count === 0 || records.at(-1)?.step === loss.count) return;
    const line = look();
    files.append(line);
    records.push(line);
    listener.onRecord?.(line);
  }

  /** Asked only where lines are due, so that the end does not depend on interruptions. */
  function isEnough(): boolean {
    const last = records.at(-1);
    return (
      condition !== undefined &&
      last !== undefined &&
      last.step >= config.lastWindow &&
      holds(condition, last[condition.figure])
    );
  }

  function save(): void {
    checkpoint = files.save({
      config,
      metricsLength: files.metricsLength,
      loss: loss.save(),
      learner: session.learner.save(),
      ...(ending === undefined ? {} : { ending }),
    });
    nextSave = performance.now() + 1000 * checkpointSeconds;
  }

  function note(status: Outcome['status'] | 'running'): void {
    const sentence = ending && ('problem' in ending ? ending.problem : ending.reason);
    files.note({
      status,
      steps: loss.count,
      ...watch.times(),
      ...(sentence === undefined ? {} : { sentence }),
    });
  }

  function saveMeanwhile(): void {
    // The last step has a checkpoint of its own, after its line of metrics.
    if (loss.count >= config.steps || ending !== undefined) return;
    try {
      save();
      note('running');
    } catch (error) {
      failure ??= error;
    }
  }

  /** The examples before the checkpoint, which the counting models see again, as they are cheap to run. */
  async function catchUp(): Promise<void> {
    for (let step = 1; step <= loss.count && stop.signal === undefined; step++) {
      measure(session.pass());
      isDue(step);
      if (performance.now() < turnEnds) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turnEnds = performance.now() + turn;
    }
  }

  async function lookAround(now: number): Promise<void> {
    if (now >= nextProgress) {
      listener.onProgress?.(loss.count, look);
      nextProgress = now + progressEvery;
      requireMemory(going.memory);
    }
    if (now >= nextSave) saveMeanwhile();
    await new Promise((resolve) => setImmediate(resolve));
    turnEnds = performance.now() + turn;
  }

  async function learn(): Promise<void> {
    watch.begin();
    while (loss.count < config.steps && stop.signal === undefined && ending === undefined) {
      if (failure !== undefined) throw failure;
      const example = session.next();
      if (example === undefined) {
        ending = { status: 'done' };
        break;
      }
      loss.add(example.loss);
      measure(example.target);
      listener.onStep?.(example.loss, example.target);
      watch.step();
      if (isDue(loss.count)) {
        record();
        if (isEnough()) ending = { status: 'done', reason: `${config.stopWhen} after step ${loss.count}` };
      }
      if (loss.count % checkpointSteps === 0) saveMeanwhile();
      const now = performance.now();
      if (now < turnEnds) continue;
      watch.end();
      await lookAround(now);
      watch.begin();
    }
    watch.end();
  }

  function finish(): void {
    // A run that was stopped has a last line that it would not have if it went on, and so does not count it.
    if (loss.count < config.steps && ending === undefined) save();
    record();
    ending ??= loss.count < config.steps ? undefined : { status: 'done' };
    if (ending !== undefined) save();
  }

  listener.onBegin?.(session, loss.count, records);
  if (ending === undefined) note('running');
  for (const name of savings) process.on(name, saveMeanwhile);
  try {
    if (ending === undefined) {
      requireMemory(going.memory);
      await catchUp();
      try {
        if (stop.signal === undefined || from === undefined) await learn();
      } catch (error) {
        if (!(error instanceof NonFiniteError)) throw error;
        record();
        ending = { status: 'diverged', problem: error.message };
      }
      if (loss.count > (from?.loss.count ?? -1) || ending !== undefined) finish();
    }
    note(ending?.status ?? 'stopped');
    listener.onEnd?.();
  } finally {
    for (const name of savings) process.removeListener(name, saveMeanwhile);
    files.close();
  }
  return {
    status: ending?.status ?? 'stopped',
    steps: loss.count,
    records,
    checkpoint,
    ...(ending?.status === 'diverged' ? { problem: ending.problem } : {}),
    ...(ending?.status === 'done' && ending.reason !== undefined ? { reason: ending.reason } : {}),
    ...watch.times(),
  };
}

/** @throws FailedError if the process takes more than this. */
function requireMemory(most: number | undefined): void {
  const taken = process.memoryUsage.rss() / 2 ** 20;
  if (most !== undefined && taken > most)
    throw new FailedError(
      `the process takes ${Math.ceil(taken).toLocaleString('en-US')} MiB, more than the ${most.toLocaleString('en-US')} MiB of --memory`,
    );
}

import { NonFiniteError } from '../../lib/index.ts';
import { createTally, type Tally } from '../../trainers/evaluation/index.ts';
import type { Plan } from '../experiments/resolve.ts';
import { fileNames, type RunFolder } from './folder.ts';
import { createPace, type MetricsRecord, recordOf } from './metrics.ts';
import type { StopRequest } from './stop.ts';

/** The outcome of a run. */
export interface Outcome {
  readonly status: 'done' | 'stopped' | 'diverged';
  /** The number of steps taken. */
  readonly steps: number;
  readonly records: readonly MetricsRecord[];
  /** The path of the last good state. */
  readonly checkpoint: string;
  /** For a diverged run: the step, and the number that became infinite. */
  readonly problem?: string;
  readonly seconds: number;
}

export interface Listener {
  /** Called about ten times a second. */
  onProgress?(step: number, windowLoss: number): void;
  onRecord?(record: MetricsRecord): void;
}

/** How long a run keeps the thread before it yields, in milliseconds. */
const turn = 20;
const progressEvery = 100;

/**
 * Runs a plan and writes its configuration, metrics and last good state to the folder, even if it is stopped
 * or diverges.
 * @throws FailedError if the folder is not writable.
 */
export async function train(
  plan: Plan,
  folder: RunFolder,
  stop: StopRequest,
  listener: Listener = {},
): Promise<Outcome> {
  const { config, prepared } = plan;
  const session = plan.open();
  const loss = createTally(config.lastWindow);
  const models = prepared.yardsticks();
  const yardsticks = new Map(models.map(({ label }) => [label, createTally(config.lastWindow)]));
  const isDue = createPace();
  const records: MetricsRecord[] = [];
  folder.write(fileNames.config, `${JSON.stringify(config, null, 2)}\n`);
  const metrics = folder.lines(fileNames.metrics);
  const started = performance.now();
  let turnEnds = started + turn;
  let nextProgress = started;
  let problem: string | undefined;
  let hasEnded = false;

  function record(): void {
    if (loss.count === 0 || records.at(-1)?.step === loss.count) return;
    const line = recordOf({ unit: prepared.unit, loss, yardsticks, gradient: session.gradient });
    metrics.append(line);
    records.push(line);
    listener.onRecord?.(line);
  }

  try {
    while (loss.count < config.steps && stop.signal === undefined) {
      const example = session.next();
      if (example === undefined) {
        hasEnded = true;
        break;
      }
      loss.add(example.loss);
      for (const { label, observe } of models)
        (yardsticks.get(label) as Tally).add(observe(example.target as number));
      if (isDue(loss.count)) record();
      const now = performance.now();
      if (now < turnEnds) continue;
      if (now >= nextProgress) {
        listener.onProgress?.(loss.count, loss.recent());
        nextProgress = now + progressEvery;
      }
      await new Promise((resolve) => setImmediate(resolve));
      turnEnds = performance.now() + turn;
    }
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    problem = error.message;
  } finally {
    record();
    metrics.close();
  }
  const checkpoint = folder.write(fileNames.checkpoint, session.save());
  const status =
    problem !== undefined ? 'diverged' : loss.count < config.steps && !hasEnded ? 'stopped' : 'done';
  const seconds = (performance.now() - started) / 1000;
  return {
    status,
    steps: loss.count,
    records,
    checkpoint,
    ...(problem === undefined ? {} : { problem }),
    seconds,
  };
}

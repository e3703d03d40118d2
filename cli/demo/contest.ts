import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { titleOf } from '../../trainers/registry/index.ts';
import { FailedError } from '../errors.ts';
import { type Plan, resolveWish } from '../experiments/resolve.ts';
import { packageFile } from '../package-root.ts';
import type { MetricsRecord } from '../training/metrics.ts';
import type { SignalWatch } from '../training/stop.ts';
import type { Outcome } from '../training/train.ts';
import type { Assignment, Message } from './messages.ts';
import { type Race, workers } from './settings.ts';

/** A contestant, from before its start until its end. */
export interface Contestant {
  readonly title: string;
  readonly folder: string;
  readonly plan: Plan;
  readonly records: MetricsRecord[];
  step: number;
  outcome?: Outcome;
}

/** The contestants of a race, not yet started. @throws as `resolveWish`. */
export function enter({ name, contestants }: Race, folder: string): Contestant[] {
  return contestants.map((wish) => {
    const plan = resolveWish(wish);
    const title = titleOf(plan.config.estimator);
    return {
      title,
      folder: join(folder, name, title.toLowerCase().replaceAll(/[^a-z\d]+/g, '-')),
      plan,
      records: [],
      step: 0,
    };
  });
}

export interface Stopper {
  readonly watch: SignalWatch;
  /** Called once when a signal arrives. */
  onSignal(action: () => void): void;
}

/**
 * Runs the contestants in threads, a few at a time and in order, until all have finished or are stopped.
 * @throws FailedError if one fails for any reason but its own divergence.
 */
export async function contest(contestants: readonly Contestant[], stopper: Stopper): Promise<void> {
  const waiting = [...contestants];
  const running = new Set<Worker>();
  stopper.onSignal(() => {
    for (const worker of running) worker.postMessage(stopper.watch.signal);
  });
  async function lane(): Promise<void> {
    for (
      let next = waiting.shift();
      next !== undefined && stopper.watch.signal === undefined;
      next = waiting.shift()
    )
      await runOne(next, running);
  }
  try {
    await Promise.all(Array.from({ length: workers }, lane));
  } finally {
    await Promise.all(Array.from(running, (worker) => worker.terminate()));
  }
}

function runOne(contestant: Contestant, running: Set<Worker>): Promise<void> {
  const assignment: Assignment = { wish: contestant.plan.config, folder: contestant.folder };
  const worker = new Worker(packageFile('dist', 'cli', 'demo', 'worker.js'), { workerData: assignment });
  running.add(worker);
  return new Promise<void>((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if (message.kind === 'progress') contestant.step = message.step;
      else if (message.kind === 'record') contestant.records.push(message.record);
      else if (message.kind === 'failed') reject(new FailedError(message.sentence));
      else {
        contestant.outcome = message.outcome;
        contestant.step = message.outcome.steps;
      }
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      running.delete(worker);
      if (contestant.outcome === undefined)
        reject(new FailedError(`the thread of ${contestant.title} ended early`));
      else resolve();
    });
  });
}

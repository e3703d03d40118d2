import { expect } from 'chai';
import { type Following, learnStream, type Stop } from '../../../../cli/stream/run/learnStream.ts';
import type { StreamRun } from '../../../../cli/stream/run/openRun.ts';
import type { StreamRecord } from '../../../../cli/stream/run/record.ts';
import { beginning, type Position } from '../../../../trainers/streams/reading/position.ts';
import type { Batch, Problem } from '../../../../trainers/streams/reading/problem.ts';
import { characters, tiny } from '../../sessions.ts';

const never = Number.POSITIVE_INFINITY;
const whole: Following = {
  onError: 'skip',
  records: never,
  checkpointRecords: never,
  checkpointSeconds: never,
};

const drift = { count: 0, last: null };
const figures = {
  unit: 'bits',
  figures: { network: { mean: 1, recent: 2 } },
  drift,
  gradientNorm: 3,
} as const;

export interface Course {
  /** Everything that happened, in order. */
  readonly events: string[];
  readonly run: StreamRun;
  readonly stop: { signal: string | undefined; wake: () => void };
  readonly isOver: Promise<unknown>;
}

interface Doings {
  readonly following?: Partial<Following>;
  readonly from?: Position;
  readonly every?: number;
  /** Called by the session with each record. */
  advance?(record: unknown): void;
  /** Called to save. */
  save?(): void;
  scored?(records: number): number;
}

/** Learns from batches with a session that only notes what happens; `isOver` returns the error, if any. */
export function learn(batches: AsyncIterable<Batch<unknown>>, doings: Doings = {}): Course {
  const { from = beginning, every = 3 } = doings;
  const events: string[] = [];
  let advanced = 0;
  const run: StreamRun = {
    folder: 'a folder',
    config: { ...tiny, data: characters, every },
    write: () => expect.fail('no file is written'),
    session: {
      advance(record) {
        doings.advance?.(record);
        advanced++;
        events.push(`${record}`);
        return 1;
      },
      report: () => ({ ...figures, scored: doings.scored?.(advanced) ?? advanced }),
      glimpse: () => expect.fail('there is no page'),
      save: () => expect.fail('the run saves'),
    },
    metrics: {
      length: 0,
      append: (line) => events.push(`line ${(line as StreamRecord).step}`),
      sync() {},
      close: () => events.push('closed'),
    },
    position: from,
    save() {
      doings.save?.();
      events.push(`saved ${this.position.records}`);
    },
    saved: () => 'what was saved is there',
  };
  const stop: Course['stop'] = { signal: undefined, wake() {} };
  const listener = {
    onRecord: ({ step, baselines }: StreamRecord) => events.push(`told ${step} ${JSON.stringify(baselines)}`),
    onProblem: ({ sentence }: Problem) => events.push(sentence),
    onProgress: ({ position: { records } }: StreamRun) => events.push(`progress ${records}`),
  };
  const isOver = learnStream(run, batches, { ...whole, ...doings.following }, stop as Stop, listener).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { events, run, stop, isOver };
}

export async function* data(...batches: Batch<unknown>[]): AsyncGenerator<Batch<unknown>> {
  yield* batches;
}

/** The events of a course, without its progress. */
export async function eventsOf(course: Course): Promise<readonly string[]> {
  expect(await course.isOver).to.equal(undefined);
  return course.events.filter((event) => !event.startsWith('progress'));
}

/** Data that do not end, and what has been taken of them. */
export function endless(...first: Batch<unknown>[]): {
  batches: AsyncIterable<Batch<unknown>>;
  isWaiting(): boolean;
} {
  let isWaiting = false;
  async function* batches() {
    yield* first;
    isWaiting = true;
    await new Promise(() => {});
  }
  return { batches: batches(), isWaiting: () => isWaiting };
}

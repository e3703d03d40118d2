import { readData } from '../../cli/stream/input/readData.ts';
import { after } from '../../cli/stream/input/rest.ts';
import { type Following, learnStream } from '../../cli/stream/run/learnStream.ts';
import type { StreamRun } from '../../cli/stream/run/openRun.ts';
import type { Source } from '../../trainers/streams/reading/source.ts';

/** A source of these chunks, called `data`. */
export function sourceOf(chunks: readonly Uint8Array[]): Source {
  return {
    name: 'data',
    async *open() {
      yield* chunks;
    },
  };
}

/**
 * Learns from a source as `norewind train` does, from where the run is.
 * @param tell hears of what is left out.
 */
export async function follow(
  run: StreamRun,
  source: Source,
  following: Partial<Following> = {},
  tell: (sentence: string) => void = () => {},
): Promise<void> {
  const never = Number.POSITIVE_INFINITY;
  const defaults: Following = {
    onError: 'stop',
    records: never,
    checkpointRecords: never,
    checkpointSeconds: never,
  };
  const listener = { onProblem: ({ sentence }: { sentence: string }) => tell(sentence) };
  const { batches } = after(readData([source], run.config), run.position);
  await learnStream(run, batches, { ...defaults, ...following }, { signal: undefined, wake() {} }, listener);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

import type { Source, Sources } from '../../../trainers/streams/index.ts';

/** Sources whose beginning can be looked at before they are read, though they can be read once only. */
export interface Peekable {
  /** All sources, from their first byte on. */
  readonly sources: AsyncIterable<Source>;
  /**
   * The first source, to look at before `sources` is read; undefined if there is none. It may be opened several
   * times. A look may be given up while it waits.
   */
  look(): Promise<Source | undefined>;
}

export function peekable(sources: Sources): Peekable {
  const iterator = async function* () {
    yield* sources;
  }.call(undefined);
  let first: Promise<Kept | undefined> | undefined;
  const begin = () => {
    first ??= iterator.next().then(({ value }) => (value ? kept(value) : undefined));
    return first;
  };
  return {
    sources: {
      async *[Symbol.asyncIterator]() {
        const begun = await begin();
        if (begun === undefined) return;
        yield begun.source;
        yield* iterator;
      },
    },
    look: async () => (await begin())?.look,
  };
}

interface Kept {
  readonly source: Source;
  readonly look: Source;
}

/** A source that keeps what was looked at until it is read. */
function kept({ name, open }: Source): Kept {
  let bytes: ReturnType<Source['open']> | undefined;
  const chunks: Promise<IteratorResult<Uint8Array, void>>[] = [];
  const next = () => {
    bytes ??= open();
    const chunk = bytes.next();
    // A failure is thrown where the data are read; until then it must not end the process.
    chunk.catch(() => {});
    return chunk;
  };
  return {
    look: {
      name,
      async *open() {
        for (let i = 0; ; i++) {
          if (i === chunks.length) chunks.push(next());
          const { value, done } = await chunks[i];
          if (done) return;
          yield value;
        }
      },
    },
    source: {
      name,
      async *open() {
        try {
          for (;;) {
            const { value, done } = await (chunks.shift() ?? next());
            if (done) return;
            yield value;
          }
        } finally {
          await bytes?.return();
        }
      },
    },
  };
}

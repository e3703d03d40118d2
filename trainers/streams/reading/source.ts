/** Named bytes: a file, standard input, or data from a program. */
export interface Source {
  /** The name in messages. */
  readonly name: string;
  /**
   * The bytes, decompressed, read no faster than they are used. @throws DataError if they cannot be read to
   * the end.
   */
  open(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Sources in order. The sources of a followed file have no end. */
export type Sources = Iterable<Source> | AsyncIterable<Source>;

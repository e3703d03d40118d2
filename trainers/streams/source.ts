/** Bytes under a name: a file, standard input, or what a program hands over. */
export interface Source {
  /** As it is called in messages. */
  readonly name: string;
  /** Its bytes, decompressed, read no faster than they are used. @throws DataError when it cannot be read to its end. */
  open(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Sources one after the other. Those of a file that is followed have no end. */
export type Sources = Iterable<Source> | AsyncIterable<Source>;

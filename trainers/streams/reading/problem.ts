/** An unusable record. The stream continues after it, so a reader may skip it. */
export class Problem {
  /** The error with its place: file, line and column. */
  readonly sentence: string;

  constructor(sentence: string) {
    this.sentence = sentence;
  }
}

/** The output of a reader: records and problems, in the order of the data, several at a time. */
export type Batch<R> = readonly (R | Problem)[];

/** A text in quotes, shortened if it is long, for an error message. */
export function quoted(text: string): string {
  const characters = Array.from(text.slice(0, 120));
  return JSON.stringify(
    characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : characters.join(''),
  );
}

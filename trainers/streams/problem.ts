/** A record of the data that cannot be used. The stream goes on behind it, so that whoever reads it may skip it. */
export class Problem {
  /** What is wrong and where: file, line and column. */
  readonly sentence: string;

  constructor(sentence: string) {
    this.sentence = sentence;
  }
}

/** What a reader gives: records and problems, in the order of the data, some at a time. */
export type Batch<R> = readonly (R | Problem)[];

/** A text in quotes, shortened if it is long, for an error message. */
export function quoted(text: string): string {
  const characters = Array.from(text.slice(0, 120));
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : characters.join(''));
}

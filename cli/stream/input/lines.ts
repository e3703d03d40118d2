/** The longest record, in characters: an endless line must not fill the memory. */
export const longestRecord = 2 ** 20;

/** A line that is not blank, with its number. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/**
 * The lines of a text in pieces, several at a time, without their ends (LF or CRLF) and without blank ones.
 * Each character is read once, and at most one line is held: where the pieces end makes no difference.
 * @param tooLong makes the error for a line of more than `longestRecord` characters.
 */
export async function* linesOf(
  pieces: AsyncIterable<string>,
  tooLong: (line: number) => Error,
): AsyncGenerator<readonly Line[], void, undefined> {
  let held = '';
  let number = 1;
  for await (const piece of pieces) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      if (held.length + end - start > longestRecord) break;
      if (held !== '' || end > start) lines.push(...lineOf(held + piece.slice(start, end), number));
      held = '';
      start = end + 1;
      number++;
    }
    held += piece.slice(start);
    yield lines;
    if (held.length > longestRecord) throw tooLong(number);
  }
  yield lineOf(held, number);
}

function lineOf(text: string, number: number): readonly Line[] {
  return /^\s*$/.test(text) ? [] : [{ text: text.endsWith('\r') ? text.slice(0, -1) : text, number }];
}

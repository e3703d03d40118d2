import { Problem } from './problem.ts';

/** Where a text that comes in pieces has been read to. */
export interface Place {
  /** Goes on behind a part of a text, or of the rest of one. */
  pass(text: string, start: number, end?: number): void;
  /** The source, the line and the column, both from 1. */
  where(): string;
  /** That what comes next is not text. A decoder writes U+FFFD for what it cannot read; a text that has it already was damaged earlier. */
  notText(): Problem;
}

export function createPlace(name: string): Place {
  let line = 1;
  let column = 1;
  const where = () => `${name}, line ${line}, column ${column}`;
  return {
    pass(text, start, end = text.length) {
      for (let at = start; at < end; at++) {
        const unit = text.charCodeAt(at);
        if (unit === 0x0a) {
          line++;
          column = 1;
          // The second half of a pair of surrogates is a part of the character before.
        } else if ((unit & 0xfc00) !== 0xdc00) column++;
      }
    },
    where,
    notText: () =>
      new Problem(
        `${where()}: this is not text in UTF-8; use --unit byte for other data, or convert it, as iconv -f LATIN1 -t UTF-8 does`,
      ),
  };
}

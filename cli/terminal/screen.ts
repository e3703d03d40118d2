import { shown } from './shown.ts';

/** Words in a colour, given by its terminal code. */
export interface Span {
  readonly text: string;
  readonly color?: number;
}

export type Line = string | readonly Span[];

/**
 * The only way to standard error: it escapes unsafe characters here and nowhere else. On a terminal, it can
 * redraw a block of lines at the end of the output.
 */
export interface Screen {
  /** Whether the screen can redraw. */
  readonly isLive: boolean;
  readonly columns: number;
  /** Prints a sentence on its own line and removes the block. */
  tell(sentence: string): void;
  draw(lines: readonly Line[]): void;
  /** Removes the block. */
  clear(): void;
}

/** The parts of a stream used here. */
export type ScreenStream = Pick<NodeJS.WriteStream, 'write'> &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>>;

const toStart = '\r';
const eraseBelow = '\u001b[J';
const up = (lines: number) => (lines === 0 ? '' : `\u001b[${lines}A`);

export function createScreen(stream: ScreenStream = process.stderr): Screen {
  let height = 0;
  const rewind = () => `${toStart}${up(height)}`;
  const isLive = stream.isTTY === true && process.env.TERM !== 'dumb';
  function clear(): void {
    if (height > 0) stream.write(`${rewind()}${eraseBelow}`);
    height = 0;
  }
  return {
    isLive,
    get columns() {
      // A terminal of unknown size reports 0.
      return stream.columns || 80;
    },
    tell(sentence) {
      clear();
      stream.write(`${shown(sentence)}\n`);
    },
    draw(lines) {
      if (!isLive) return;
      // A line that wraps, or a block taller than the screen, could not be redrawn.
      const seen = lines
        .slice(-Math.max(1, (stream.rows || 24) - 1))
        .map((line) => written(line, (stream.columns || 80) - 1));
      stream.write(`${rewind()}${eraseBelow}${seen.map((line) => `${line}\n`).join('')}`);
      height = seen.length;
    },
    clear,
  };
}

/** Prints `norewind: ` and a sentence, for messages outside the progress display. */
export function complain(sentence: string): void {
  createScreen().tell(`norewind: ${sentence}`);
}

/** The first `width` characters of a line, with its colour codes. */
function written(line: Line, width: number): string {
  let left = width;
  const spans = typeof line === 'string' ? [{ text: line }] : line;
  return spans
    .map(({ text, color }: Span) => {
      const seen = Array.from(shown(text)).slice(0, left);
      left -= seen.length;
      return color === undefined ? seen.join('') : `\u001b[${color}m${seen.join('')}\u001b[0m`;
    })
    .join('');
}

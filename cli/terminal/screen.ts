import { shown } from './shown.ts';

/** Some words in a colour of their own, as terminals number them. */
export interface Span {
  readonly text: string;
  readonly color?: number;
}

export type Line = string | readonly Span[];

/**
 * Standard error, by the only way that leads there: whatever is told or drawn is made safe to show here, and nowhere else. On a terminal, a
 * block of lines at its end can be drawn over and over again.
 */
export interface Screen {
  /** Whether pictures can be drawn. */
  readonly isLive: boolean;
  readonly columns: number;
  /** A sentence on a line of its own; takes the block away. */
  tell(sentence: string): void;
  draw(lines: readonly Line[]): void;
  /** Takes the block away. */
  clear(): void;
}

/** What is needed of a stream. */
export type ScreenStream = Pick<NodeJS.WriteStream, 'write'> & Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>>;

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
      // A terminal that does not know its size says 0.
      return stream.columns || 80;
    },
    tell(sentence) {
      clear();
      stream.write(`${shown(sentence)}\n`);
    },
    draw(lines) {
      if (!isLive) return;
      // A line that wraps, or a block higher than the screen, could not be drawn over.
      const seen = lines.slice(-Math.max(1, (stream.rows || 24) - 1)).map((line) => written(line, (stream.columns || 80) - 1));
      stream.write(`${rewind()}${eraseBelow}${seen.map((line) => `${line}\n`).join('')}`);
      height = seen.length;
    },
    clear,
  };
}

/** What the command has to say when it is not at work, or besides it: `norewind: ` and a sentence. */
export function complain(sentence: string): void {
  createScreen().tell(`norewind: ${sentence}`);
}

/** The first `width` characters of a line, with the codes of its colours. */
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

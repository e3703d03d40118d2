/** A block of lines at the end of a terminal that is drawn over and over again. */
export interface Frame {
  draw(lines: readonly string[]): void;
  /** Takes the block away. */
  clear(): void;
}

const toStart = '\r';
const eraseBelow = '\u001b[J';
const up = (lines: number) => (lines === 0 ? '' : `\u001b[${lines}A`);

export function createFrame(stream: NodeJS.WriteStream): Frame {
  let height = 0;
  const rewind = () => `${toStart}${up(height)}`;
  return {
    draw(lines) {
      // A terminal that does not know its size says 0. A line that wraps, or a block higher than the screen, could not be drawn over.
      const shown = lines.slice(-Math.max(1, (stream.rows || 24) - 1)).map((line) => cut(line, (stream.columns || 80) - 1));
      stream.write(`${rewind()}${eraseBelow}${shown.map((line) => `${line}\n`).join('')}`);
      height = shown.length;
    },
    clear() {
      stream.write(`${rewind()}${eraseBelow}`);
      height = 0;
    },
  };
}

/** The first `width` characters that are seen; escape sequences are not. */
function cut(line: string, width: number): string {
  let seen = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  return line.replace(/\u001b\[[0-9;]*m|./gu, (part) => (part.startsWith('\u001b') || seen++ < width ? part : ''));
}

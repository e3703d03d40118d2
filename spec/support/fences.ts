/** A fenced block of a Markdown page. `line` is that of its opening fence, from 1. */
export interface Fence {
  readonly language: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  readonly line: number;
  /** The heading above it, and the previous fence under that heading. */
  readonly previous: Fence | undefined;
}

/** A block to run: a complete ES module. */
export interface Example {
  /** Its file name: that of `title=`, else `line-12.ts`. */
  readonly file: string;
  readonly line: number;
  readonly source: string;
  /** The class of the expected error. */
  readonly error: string | undefined;
  /** The expected output: the `text` block after it, under the same heading. */
  readonly output: string | undefined;
  /** Whether it takes long, and is run by `npm run test:long` alone. */
  readonly isLong: boolean;
}

/** The fenced blocks of a page, in order. An unclosed fence extends to the end, as in CommonMark. */
export function fencesOf(markdown: string): Fence[] {
  const lines = markdown.split(/\r?\n/);
  const fences: Fence[] = [];
  let previous: Fence | undefined;
  for (let at = 0; at < lines.length; at++) {
    if (/^#{1,6}\s/.test(lines[at])) previous = undefined;
    const opening = /^([ \t>]*)(`{3,}|~{3,})\s*([^\s`]*)\s*([^`]*)$/.exec(lines[at]);
    if (opening === null) continue;
    const [, indent, mark, language, info] = opening;
    const line = at + 1;
    const body: string[] = [];
    while (++at < lines.length && !isClosing(lines[at], mark)) body.push(dedent(lines[at], indent.length));
    previous = { language, attributes: attributesOf(info), text: body.join('\n'), line, previous };
    fences.push(previous);
  }
  return fences;
}

/**
 * The blocks to run. @throws Error for a block that would be overlooked: another spelling of `ts`, an unknown
 * attribute.
 */
export function examplesOf(markdown: string): Example[] {
  const fences = fencesOf(markdown);
  const examples: Example[] = [];
  for (const fence of fences) {
    if (/^(typescript|tsx|mts|js|javascript|mjs)$/i.test(fence.language))
      throw new Error(`line ${fence.line}: \`${fence.language}\` blocks are not run; write \`ts\``);
    if (fence.language !== 'ts') continue;
    for (const name of fence.attributes.keys())
      if (!['error', 'title', 'long'].includes(name))
        throw new Error(
          `line ${fence.line}: unknown attribute ${name}; there are error=Class, title=file.ts and long`,
        );
    const file = fence.attributes.get('title') ?? `line-${fence.line}.ts`;
    if (!/^[\w-]+\.ts$/.test(file))
      throw new Error(`line ${fence.line}: the title ${file} is not a file name such as cell.ts`);
    if (examples.some((example) => example.file === file))
      throw new Error(`line ${fence.line}: a second block called ${file}`);
    const output = fences.find((other) => other.language === 'text' && other.previous === fence);
    examples.push({
      file,
      line: fence.line,
      source: `${fence.text}\n`,
      error: fence.attributes.get('error'),
      output: output?.text,
      isLong: fence.attributes.has('long'),
    });
  }
  return examples;
}

function attributesOf(info: string): Map<string, string> {
  const words = info.split(/\s+/).filter((word) => word !== '');
  return new Map(words.map((word) => [word.split('=')[0], word.split('=').slice(1).join('=')]));
}

function isClosing(line: string, mark: string): boolean {
  const trimmed = line.replace(/^[ \t>]*/, '').trimEnd();
  return trimmed.length >= mark.length && trimmed === mark[0].repeat(trimmed.length);
}

function dedent(line: string, width: number): string {
  return line.slice(Math.min(width, line.length - line.replace(/^[ \t>]*/, '').length));
}

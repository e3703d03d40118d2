// More calls than usual: those of the library stand before those of what is written on the page.
Object.assign(Error, { stackTraceLimit: 60 });

/** The line of a written module that led to an error: it is the one module from a blob, and the innermost call counts. */
export function lineOf(error: unknown): number | undefined {
  const { stack = '' } = error instanceof Error ? error : {};
  const [, line] = /blob:[^\s)]*?:(\d+):\d+/.exec(stack) ?? [];
  return line === undefined ? undefined : Number(line);
}

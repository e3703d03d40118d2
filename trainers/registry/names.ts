/** Whether the name of a cell, an estimator, an optimiser or a task is the path of a file with code. */
export function isFileName(name: unknown): boolean {
  return typeof name === 'string' && /[/\\]|\.[cm]?[jt]s$/.test(name);
}

/** The name for tables, titles and folders: that of a file is without its folder and ending. */
export function shortName(name: string): string {
  return isFileName(name) ? name.replace(/^.*[/\\]/, '').replace(/\.[cm]?[jt]s$/, '') : name;
}

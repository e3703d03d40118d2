/** A text as one word of a command for a shell: in quotes unless it is plain. */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}_./+:@%-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The first key that an object in this JSON text has twice, however it is escaped. The text must be valid JSON.
 *
 * Written as a loop and not as a regular expression: those run out of stack on strings of some megabytes.
 */
export function duplicateKey(text: string): string | undefined {
  // The keys of each object that is open; an array has an empty set, and no colons of its own.
  const open: Set<string>[] = [];
  let begin = 0;
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') {
      begin = at;
      end = endOfString(text, at);
      at = end - 1;
    } else if (mark === '{' || mark === '[') open.push(new Set());
    else if (mark === '}' || mark === ']') open.pop();
    else if (mark === ':') {
      const key: string = JSON.parse(text.slice(begin, end));
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** One past the closing quotation mark of the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let i = at + 1; ; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
}

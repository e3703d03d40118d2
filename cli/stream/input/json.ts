/** Numbers that some programs write, but JSON lacks. */
const strays = ['NaN', '-Infinity', 'Infinity'] as const;

/** Replaces the numbers that JSON lacks by null, and lists them. */
export interface Mended {
  readonly text: string;
  readonly found: readonly string[];
}

/** Matches outside strings only. */
export function mended(text: string): Mended {
  const found = new Set<string>();
  let whole = '';
  let start = 0;
  const end = /NaN|Infinity/.test(text) ? text.length : 0;
  for (let at = 0; at < end; at++) {
    const first = text[at];
    if (first === '"') at = endOfString(text, at) - 1;
    else if (first === 'N' || first === '-' || first === 'I') {
      const stray = strays.find((each) => text.startsWith(each, at));
      if (stray === undefined) continue;
      found.add(stray);
      whole += `${text.slice(start, at)}null`;
      start = at + stray.length;
      at = start - 1;
    }
  }
  return { text: whole + text.slice(start), found: [...found] };
}

/** Longer ones exceed the range of numbers, and the length of categories. */
const longWhole = /^-?\d{16,300}$/;

/**
 * The whole numbers beyond ±2^53 in an object, by key. JSON.parse rounds them, and could merge two
 * identifiers.
 * @param text of a valid JSON object.
 */
export function longIntegersOf(text: string): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  if (!/\d{16}/.test(text)) return found;
  let depth = 0;
  let key = '';
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') {
      const end = endOfString(text, at);
      if (depth === 1) key = text.slice(at, end);
      at = end - 1;
    } else if (mark === '{' || mark === '[') depth++;
    else if (mark === '}' || mark === ']') depth--;
    else if (mark === ':' && depth === 1) {
      const [, number] = /^\s*(-?\d+)[\s,}]/.exec(text.slice(at + 1, at + 400)) ?? [];
      if (number !== undefined && longWhole.test(number) && !Number.isSafeInteger(Number(number)))
        found.set(JSON.parse(key), BigInt(number));
      // The last entry of a key counts.
      else found.delete(JSON.parse(key));
    }
  }
  return found;
}

/** The index after the string that begins at `at`, or the end of the text. */
function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

import { DataError } from '../errors.ts';
import { quote } from './elements.ts';

/** The contents of a .npy header. Lengths are whole numbers, not yet checked. */
export interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: number[];
}

type Literal = string | boolean | number[];

// One token of the Python literals that NumPy writes; a length may end in the L of Python 2.
const TOKEN = /\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)"|(True|False)\b|(\d+)L?|([{}(),:]))/y;

/** The name of a field. A title comes first, in a tuple of its own, and is skipped. */
const FIELD = /\(\s*(?:\(\s*(?:'[^'\\\n]*'|"[^"\\\n]*")\s*,\s*)?(?:'([^'\\\n]*)'|"([^"\\\n]*)")/g;

/**
 * Reads the dictionary `{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`: these keys, in any
 * order.
 * @throws DataError when the text is anything else.
 */
export function parseNpyHeader(text: string): NpyHeader {
  const entries = readDictionary(new TokenReader(text));
  for (const key of entries.keys())
    if (key !== 'descr' && key !== 'fortran_order' && key !== 'shape')
      throw new DataError(`npy: the header has an unknown entry ${quote(key)}`);
  const descr = entries.get('descr');
  const fortranOrder = entries.get('fortran_order');
  const shape = entries.get('shape');
  if (typeof descr !== 'string')
    throw new DataError('npy: the header has no dtype: descr must be a string such as "<f8"');
  if (typeof fortranOrder !== 'boolean')
    throw new DataError('npy: fortran_order in the header must be True or False');
  if (!Array.isArray(shape))
    throw new DataError('npy: the header has no shape: it must be a tuple such as (2, 3)');
  return { descr, fortranOrder, shape };
}

function readDictionary(tokens: TokenReader): Map<string, Literal> {
  const entries = new Map<string, Literal>();
  tokens.expect('{');
  while (!tokens.accept('}')) {
    const key = tokens.literal();
    if (typeof key !== 'string') throw new DataError('npy: a key in the header is not a string');
    if (entries.has(key)) throw new DataError(`npy: the header has the entry ${quote(key)} twice`);
    tokens.expect(':');
    if (key === 'descr') tokens.refuseFields();
    entries.set(key, tokens.literal());
    if (!tokens.accept(',')) {
      tokens.expect('}');
      break;
    }
  }
  tokens.expectEnd();
  return entries;
}

class TokenReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Consumes this mark if it is next. */
  accept(mark: string): boolean {
    const match = this.#match();
    if (match?.[5] !== mark) return false;
    this.#at += match[0].length;
    return true;
  }

  expect(mark: string): void {
    if (!this.accept(mark)) this.#fail(`"${mark}"`);
  }

  expectEnd(): void {
    if (this.#text.slice(this.#at).trim() !== '') this.#fail('the end');
  }

  /** Throws if the dtype is a list, i.e. each element is a record, such as `[('x', '<f4'), ('y', '<f4')]`. */
  refuseFields(): void {
    const rest = this.#text.slice(this.#at);
    if (!/^\s*\[/.test(rest)) return;
    const names = Array.from(rest.matchAll(FIELD), ([, single, double]) => single ?? double);
    const [first = 'x'] = names;
    throw new DataError(
      `npy: it is a structured array with the fields ${quote(names)}, not numbers: save one of them, as with np.save('field.npy', x[${quote(first)}])`,
    );
  }

  /** A string, a truth value or a tuple of lengths. */
  literal(): Literal {
    if (this.accept('(')) return this.#tuple();
    const match = this.#match();
    const value = match?.[1] ?? match?.[2] ?? (match?.[3] === undefined ? undefined : match[3] === 'True');
    if (match === null || value === undefined)
      return this.#fail('a string, True, False or a tuple of whole numbers');
    this.#at += match[0].length;
    return value;
  }

  #tuple(): number[] {
    const lengths: number[] = [];
    while (!this.accept(')')) {
      const match = this.#match();
      if (match?.[4] === undefined) return this.#fail('a whole number');
      this.#at += match[0].length;
      lengths.push(Number(match[4]));
      if (this.accept(',')) continue;
      // (3) is a number in Python, not a tuple.
      if (lengths.length === 1) this.#fail('","');
      this.expect(')');
      break;
    }
    return lengths;
  }

  #match(): RegExpExecArray | null {
    TOKEN.lastIndex = this.#at;
    return TOKEN.exec(this.#text);
  }

  #fail(wanted: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    throw new DataError(
      `npy: the header needs ${wanted} at character ${this.#at}, got ${rest === '' ? 'the end' : quote(rest)}`,
    );
  }
}

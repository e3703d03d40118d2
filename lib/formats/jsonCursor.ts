import { DataError } from '../errors.ts';

/** How deeply a skipped value may be nested: the bound of the safetensors reference implementation. */
const deepest = 128;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS = { true: true, false: false, null: null } as const;

/**
 * Reads JSON piece by piece. Values that are not asked for are skipped, never built: a hostile text could
 * otherwise cost a hundred times its size in unused arrays.
 */
export class JsonCursor {
  readonly #text: string;
  /** A name for the text in messages. */
  readonly #what: string;
  #at = 0;

  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
  }

  /** The next character; the empty string at the end. */
  next(): string {
    for (;;) {
      const mark = this.#text.charAt(this.#at);
      if (mark !== ' ' && mark !== '\n' && mark !== '\r' && mark !== '\t') return mark;
      this.#at++;
    }
  }

  /** Consumes this mark if it is next. */
  accept(mark: string): boolean {
    if (this.next() !== mark) return false;
    this.#at++;
    return true;
  }

  /** @throws DataError unless this mark is next. */
  expect(mark: string): void {
    if (!this.accept(mark)) this.#fail();
  }

  expectEnd(): void {
    if (this.next() !== '') this.#fail();
  }

  /** @throws DataError unless a string is next. */
  string(): string {
    this.expect('"');
    const text = this.#text;
    const begin = this.#at;
    let escaped = false;
    // A loop, as a regular expression runs out of stack on strings of some megabytes.
    for (let i = begin; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 0x22) {
        this.#at = i + 1;
        return escaped ? this.#unescaped(begin - 1, i + 1) : text.slice(begin, i);
      }
      if (code === 0x5c) {
        escaped = true;
        i++;
      } else if (code < 0x20) break;
    }
    return this.#fail();
  }

  /** Reads a string, a number, true, false or null. @throws DataError if anything else is next. */
  scalar(): string | number | boolean | null {
    const mark = this.next();
    if (mark === '"') return this.string();
    if (mark === 't' || mark === 'f' || mark === 'n') return this.#literal();
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#fail();
    this.#at = NUMBER.lastIndex;
    return Number(match[0]);
  }

  /** Skips a value. @throws DataError if it is not JSON, or nested too deeply. */
  skip(depth = 0): void {
    if (depth > deepest) throw new DataError(`${this.#what} is nested more than ${deepest} deep`);
    this.#each(
      (isRecord) => {
        if (isRecord) this.#key();
        this.skip(depth + 1);
      },
      () => this.scalar(),
    );
  }

  /** Reads a record entry by entry; `read` consumes the value. */
  record(read: (key: string) => void): void {
    if (this.next() !== '{') this.#fail();
    this.#each(() => read(this.#key()));
  }

  /** Reads a list entry by entry. */
  list(read: () => void): void {
    if (this.next() !== '[') this.#fail();
    this.#each(read);
  }

  #literal(): boolean | null {
    for (const [name, value] of Object.entries(LITERALS)) {
      if (!this.#text.startsWith(name, this.#at)) continue;
      this.#at += name.length;
      return value;
    }
    return this.#fail();
  }

  #each(read: (isRecord: boolean) => void, otherwise: () => void = () => this.#fail()): void {
    const isRecord = this.accept('{');
    if (!isRecord && !this.accept('[')) {
      otherwise();
      return;
    }
    const end = isRecord ? '}' : ']';
    if (this.accept(end)) return;
    do read(isRecord);
    while (this.accept(','));
    this.expect(end);
  }

  #key(): string {
    const key = this.string();
    this.expect(':');
    return key;
  }

  #unescaped(begin: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(begin, end));
    } catch {
      return this.#fail();
    }
  }

  #fail(): never {
    throw new DataError(`${this.#what} is not valid JSON`);
  }
}

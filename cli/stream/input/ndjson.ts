import { DataError } from '../../../lib/index.ts';
import { type Batch, type Fields, Problem, type Source, textOf } from '../../../trainers/streams/index.ts';
import { longIntegersOf, mended } from './json.ts';
import { linesOf, longestRecord } from './lines.ts';

/**
 * The objects of an NDJSON file. Blank lines are skipped; absent fields are missing.
 * @param missing texts that mean a missing value. NaN and infinities among them are read as null.
 * @throws DataError for one JSON array, before any record, and for a line that is too long, after the lines
 * before it.
 */
export async function* readNdjson(
  source: Source,
  missing: ReadonlySet<string>,
): AsyncGenerator<Batch<Fields>, void, undefined> {
  const { name } = source;
  let first: string | undefined;
  async function* pieces(): AsyncGenerator<string, void, undefined> {
    for await (const piece of textOf(source)) {
      first ??= /\S/.exec(piece)?.[0];
      if (first === '[')
        throw new DataError(
          `${name} begins with a list, as one JSON array does: make it one object a line, as jq -c '.[]' does with an array of objects`,
        );
      yield piece;
    }
  }
  const tooLong = (line: number) =>
    new DataError(
      `${name}, line ${line}: it is longer than ${longestRecord} characters; is the format right?`,
    );
  for await (const lines of linesOf(pieces(), tooLong))
    yield lines.map(({ text, number }) => parse(text.trim(), `${name}, line ${number}`, missing));
}

function parse(text: string, where: string, missing: ReadonlySet<string>): Fields | Problem {
  if (!text.startsWith('{'))
    return new Problem(`${where}: it is not a JSON object, such as {"temperature": 12.5}`);
  const object = parsed(text);
  if (object !== undefined) return fieldsOf(object, where, longIntegersOf(text));
  const { text: sound, found } = mended(text);
  const stray = found.find((each) => !missing.has(each));
  const rest = found.length === 0 ? undefined : parsed(sound);
  if (rest !== undefined && stray === undefined) return fieldsOf(rest, where, longIntegersOf(sound));
  if (rest !== undefined)
    return new Problem(
      `${where}: it has ${stray}, which JSON does not have: write null for a missing number, or add --missing=${stray}`,
    );
  if (text === '{') return new Problem(`${where}: an object has to stand on one line, as jq -c . writes it`);
  const isPython = /^\{\s*'/.test(text);
  return new Problem(
    `${where}: it is not valid JSON${isPython ? ', which has double quotes: write it with json.dumps' : ''}`,
  );
}

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The fields of a JSON object.
 * @param exact replaces the numbers that JSON.parse rounds.
 */
function fieldsOf(object: object, where: string, exact: ReadonlyMap<string, bigint>): Fields {
  const record = object as Readonly<Record<string, unknown>>;
  return {
    where,
    // Own entries only: every object inherits a `constructor`.
    get: (column) => exact.get(column) ?? (Object.hasOwn(record, column) ? record[column] : null),
    names: () => Object.keys(record),
  };
}

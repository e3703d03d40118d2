import type { Fields } from './fields.ts';
import { linesOf } from './lines.ts';
import { type Batch, Problem } from './problem.ts';
import type { Source } from './source.ts';

/** The objects of one file of NDJSON. Empty lines are no records; a field that an object does not have is missing. */
export async function* readNdjson({ name, open }: Source): AsyncGenerator<Batch<Fields>, void, undefined> {
  let line = 0;
  for await (const lines of linesOf(name, open())) {
    const batch: (Fields | Problem)[] = [];
    for (const bytes of lines) {
      line++;
      // A decoder of its own for each line drops the byte-order mark that some programs write first.
      const text = new TextDecoder().decode(bytes);
      if (text.trim() !== '') batch.push(parse(text, `${name}, line ${line}`));
    }
    yield batch;
  }
}

function parse(text: string, where: string): Fields | Problem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Problem(`${where}: it is not valid JSON`);
  }
  return fieldsOf(value, where) ?? new Problem(`${where}: it is not a JSON object, such as {"temperature": 12.5}`);
}

/** An object by its entries; undefined for anything else. */
export function fieldsOf(value: unknown, where: string): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  // Own entries only: every object has a `constructor` by inheritance.
  return { where, get: (column) => (Object.hasOwn(record, column) ? (record[column] ?? null) : null) };
}

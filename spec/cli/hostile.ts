import fc from 'fast-check';
import { bytesOf } from './learning.ts';

const cells = [
  '1',
  '-2.5',
  '1e3',
  '',
  'NA',
  ' 7 ',
  'NaN',
  'Infinity',
  '1e308',
  '-1e400',
  '1e-320',
  '0x10',
  'x',
  '"q"',
  '"a""b"',
  '"',
  'a"b',
].concat([
  '__proto__',
  'constructor',
  '1,2',
  '"1\n2"',
  '\u0000',
  '\ufffd',
  'é🐻',
  'y'.repeat(300),
  '9'.repeat(400),
  '\r',
  "'",
]);
const cell = fc.constantFrom(...cells);
const line = fc.array(cell, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(','));
const header = fc.constantFrom(
  'a,k',
  'a,k',
  'a,k',
  'k,a',
  'k,a',
  '\ufeffa,k',
  '"a","k"',
  'a,k,__proto__',
  'a,a,k',
  'b,k',
  '',
  'a;k',
);
const end = fc.constantFrom('\n', '\r\n');
/** CSV with the columns a and k, or nearly so. */
export const csv = fc
  .tuple(
    header,
    fc.array(fc.oneof(line, fc.constantFrom('1,1', '2,2', '3,3', '4,4')), { maxLength: 12 }),
    end,
  )
  .map(([first, lines, newline]) => bytesOf([first, ...lines].join(newline)));
const value = fc.oneof(
  fc.constantFrom<unknown>(
    1,
    -2.5,
    1e308,
    -1e101,
    null,
    true,
    'x',
    '3',
    '',
    [],
    {},
    [[[]]],
    { a: 1 },
    'y'.repeat(300),
    '\ud800',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const object = fc
  .tuple(
    value,
    value,
    fc.constantFrom(
      '{"a":%a,"k":%k}',
      '{"k":%k}',
      '{"a":%a,"__proto__":%k}',
      '[%a]',
      '{"a":NaN}',
      '{"a":1e999,"k":%k}',
      '%a',
      '{',
      '',
    ),
  )
  .map(([a, k, pattern]) =>
    pattern.replace('%a', () => JSON.stringify(a)).replace('%k', () => JSON.stringify(k)),
  );
const deep = '[{"a":'.repeat(20_000);
const sound = fc.integer({ min: -9, max: 9 }).map((a) => `{"a":${a},"k":"x${a % 2}"}`);
/** The same as NDJSON. */
export const ndjson = fc
  .array(
    fc.oneof(
      { arbitrary: object, weight: 4 },
      { arbitrary: sound, weight: 9 },
      { arbitrary: fc.constant(deep), weight: 1 },
    ),
    { maxLength: 12 },
  )
  .map((lines) => bytesOf(lines.join('\n')));
export const binary = fc.uint8Array({ maxLength: 200 });

/** Bytes and words that do not belong where they stand. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1.5,
    7,
    4000,
    2 ** 31,
    2 ** 53,
    1e300,
    '',
    'x',
    '__proto__',
    [],
    [null],
    {},
    { a: 1 },
  ),
  fc.integer(),
);

/** A value with junk in the place of one of its parts, with a part less, or with one more. */
export function withJunk(value: unknown): fc.Arbitrary<unknown> {
  const paths: (readonly string[])[] = [];
  const walk = (part: unknown, path: readonly string[]) => {
    if (path.length > 0) paths.push(path);
    if (typeof part === 'object' && part !== null)
      for (const [key, own] of Object.entries(part)) walk(own, [...path, key]);
  };
  walk(value, []);
  return fc
    .tuple(fc.constantFrom(...paths), junk, fc.nat(3))
    .map(([path, replacement, how]) => changed(value, path, how === 0 ? undefined : replacement));
}

function changed(value: unknown, [key, ...deeper]: readonly string[], replacement: unknown): unknown {
  const own = (value as Readonly<Record<string, unknown>>)[key];
  const next = deeper.length === 0 ? replacement : changed(own, deeper, replacement);
  if (Array.isArray(value))
    return next === undefined ? value.toSpliced(Number(key), 1) : value.with(Number(key), next);
  return { ...(value as object), [key]: next };
}

import type { NdArray } from 'ndarray';
import type { DType, TypedArray } from './dtype.ts';
import { argument } from './guard/index.ts';
import { formatShape, type Shape } from './shape.ts';

/**
 * Tensors with more elements are abridged: `edge` entries are printed at each end of an axis, as in NumPy.
 */
const most = 1000;
const edge = 3;
/**
 * Significant digits: all that float32 has, and as many as NumPy prints of a float64. `toArray` returns them
 * all.
 */
const digits = { float32: 7, float64: 8, int32: 10 } as const;
/** Columns per line. */
const width = 100;

/** `float64[2,3]`. */
export function typeText(dtype: DType, shape: Shape): string {
  return `${dtype}${formatShape(shape)}`;
}

/** Nested brackets, abridged. With two or more axes, columns are aligned. */
export function arrayText({ data, shape, stride, offset }: NdArray<TypedArray>, dtype: DType): string {
  const size = shape.reduce((product, length) => product * length, 1);
  const rows = shape.map((length) => (size > most && length > 2 * edge ? abridged(length) : whole(length)));
  const texts: string[] = [];
  const collect = (axis: number, at: number): void => {
    if (axis === shape.length) texts.push(numberText(data[at], dtype));
    else for (const i of rows[axis]) if (i !== gap) collect(axis + 1, at + i * stride[axis]);
  };
  if (size > 0) collect(0, offset);
  const column = shape.length > 1 ? texts.reduce((longest, text) => Math.max(longest, text.length), 0) : 0;
  let next = 0;
  const write = (axis: number): string => {
    if (axis === shape.length) return texts[next++].padStart(column);
    const parts = rows[axis].map((i) => (i === gap ? '…' : write(axis + 1)));
    if (axis === shape.length - 1) return `[${wrapped(parts, axis + 1)}]`;
    return `[${parts.join(`,${'\n'.repeat(shape.length - 1 - axis)}${' '.repeat(axis + 1)}`)}]`;
  };
  return size === 0 ? '[]' : write(0);
}

/** The key of the method that Node's `console.log` calls to print an object. */
export const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * Adds hidden methods to an object: `text` for templates and `console.log`, `json` (if given) for
 * `JSON.stringify`.
 */
export function printable<T extends object>(value: T, text: () => string, json?: () => unknown): T {
  argument('printable', 'what prints', value, {
    what: 'an object',
    holds: (own) => typeof own === 'object' && own !== null,
  });
  const hidden = { configurable: true, writable: true, enumerable: false };
  return Object.defineProperties(value, {
    toString: { ...hidden, value: text },
    [inspect]: { ...hidden, value: text },
    ...(json === undefined ? {} : { toJSON: { ...hidden, value: json } }),
  });
}

/** Stands for the entries left out. */
const gap = -1;

function whole(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function abridged(length: number): number[] {
  return [...whole(edge), gap, ...whole(edge).map((i) => length - edge + i)];
}

function numberText(value: number, dtype: DType): string {
  if (!Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? '-0' : String(Number(value.toPrecision(digits[dtype])));
}

/** Entries separated by commas, broken over lines of `width` columns. */
function wrapped(parts: readonly string[], indent: number): string {
  let text = '';
  let line = indent;
  parts.forEach((part, i) => {
    const piece = i === 0 ? part : `, ${part}`;
    // Leave a column for the comma.
    if (i > 0 && line + piece.length >= width) {
      text += `,\n${' '.repeat(indent)}${part}`;
      line = indent + part.length;
    } else {
      text += piece;
      line += piece.length;
    }
  });
  return text;
}

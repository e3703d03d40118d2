import type { NdArray } from 'ndarray';
import type { DType, TypedArray } from './dtype.ts';
import { argument } from './guard/index.ts';
import { formatShape, type Shape } from './shape.ts';

/** How many elements are printed in full; of longer tensors the first and last `edge` entries of each axis are. As in NumPy. */
const most = 1000;
const edge = 3;
/** Significant digits: what float32 has, and what NumPy prints of a float64. `toArray` has all of them. */
const digits = { float32: 7, float64: 8, int32: 10 } as const;
/** Columns after which a line is broken. */
const width = 100;

/** `float64[2,3]`. */
export function typeText(dtype: DType, shape: Shape): string {
  return `${dtype}${formatShape(shape)}`;
}

/** Nested brackets, abridged; columns are aligned from two axes on. */
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

/** What `console.log` of Node asks an object for, and what a class that prints itself has a method by. */
export const inspect = Symbol.for('nodejs.util.inspect.custom');

/** The object itself, with a text that templates and `console.log` print, and what JSON has in its place, by default the object as it is. */
export function printable<T extends object>(value: T, text: () => string, json?: () => unknown): T {
  argument('printable', 'what prints', value, { what: 'an object', holds: (own) => typeof own === 'object' && own !== null });
  const hidden = { configurable: true, writable: true, enumerable: false };
  return Object.defineProperties(value, {
    toString: { ...hidden, value: text },
    [inspect]: { ...hidden, value: text },
    ...(json === undefined ? {} : { toJSON: { ...hidden, value: json } }),
  });
}

/** Stands for the entries that are left out. */
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

/** Entries separated by commas, on as many lines as it takes. */
function wrapped(parts: readonly string[], indent: number): string {
  let text = '';
  let line = indent;
  parts.forEach((part, i) => {
    const piece = i === 0 ? part : `, ${part}`;
    // A comma may follow.
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

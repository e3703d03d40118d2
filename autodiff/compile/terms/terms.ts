import type { Shape } from '../../../lib/index.ts';
import type { Buffer } from '../instructions/instruction.ts';

/** A fixed factor times scalars that are known when the plan runs. */
export interface Coefficient {
  readonly factor: number;
  readonly scalars: readonly Buffer[];
  /**
   * Those of the scalars that a derivative rule multiplies with, so that 0 times infinity or NaN is to be 0;
   * none by default.
   */
  readonly strong?: readonly Buffer[];
}

/**
 * A part of a sum, without its coefficient. Outer products and one-hot rows stay factored until something
 * needs their elements: a gradient of matmul(W, z) is u ⊗ z, whose norm, whose product with a vector and
 * whose addition to W need u and z only.
 */
export type Part =
  | EntryPart
  /** The value that all elements share. */
  | { readonly kind: 'splat' }
  /** UᵀV, for matrices of few rows, the factors of as many outer products: added to what it changes in one pass. */
  | {
      readonly kind: 'product';
      readonly u: Buffer;
      readonly v: Buffer;
      readonly rows: number;
      readonly strong: boolean;
    }
  /**
   * With `each` 1, one row that all rows of the result repeat. Above 1, one number for each run of `each`
   * elements.
   */
  | { readonly kind: 'repeated'; readonly buffer: Buffer; readonly each: number }
  /**
   * Entries along a leading axis, such as lanes: each is a part of its own, in buffers of all of them, times a number
   * for each.
   */
  | {
      readonly kind: 'entries';
      readonly count: number;
      readonly by: readonly Buffer[];
      readonly of: EntryPart;
    }
  /** Σ_i weights[i] x[i], over the entries of an array: added to what it changes in one pass over them. */
  | { readonly kind: 'mixture'; readonly weights: Buffer; readonly buffer: Buffer }
  /** Each row of v in the row that its index names, added up; zeros elsewhere. */
  | { readonly kind: 'rows'; readonly index: Buffer; readonly v: Buffer }
  | Diagonal
  /** A block of the given shape at `begin`, zeros elsewhere. */
  | {
      readonly kind: 'block';
      readonly buffer: Buffer;
      readonly begin: readonly number[];
      readonly shape: Shape;
    };

/**
 * Element i at begin + i·step, in row-major order, and zeros elsewhere: in a matrix whose rows have step - 1 elements, along
 * a diagonal.
 */
export interface Diagonal {
  readonly kind: 'diagonal';
  readonly buffer: Buffer;
  readonly begin: number;
  readonly step: number;
}

/** The parts that an entry of a batch may be. */
export type EntryPart =
  | { readonly kind: 'dense'; readonly buffer: Buffer }
  /** u vᵀ; in a strong one, as rules have it, 0 times infinity or NaN is 0. */
  | { readonly kind: 'outer'; readonly u: Buffer; readonly v: Buffer; readonly strong: boolean }
  /** v in the row that the index names, zeros elsewhere. */
  | { readonly kind: 'row'; readonly index: Buffer; readonly v: Buffer };

export interface Term {
  readonly coefficient: Coefficient;
  readonly part: Part;
}

/**
 * A symbol of the program as the plan holds it: a sum of terms. One dense term with coefficient 1 is an
 * ordinary array.
 */
export type Terms = readonly Term[];

export const one: Coefficient = { factor: 1, scalars: [] };

export function dense(buffer: Buffer): Terms {
  return [{ coefficient: one, part: { kind: 'dense', buffer } }];
}

export function isOne({ factor, scalars }: Coefficient): boolean {
  return factor === 1 && scalars.length === 0;
}

export function times(a: Coefficient, b: Coefficient): Coefficient {
  return {
    factor: a.factor * b.factor,
    scalars: [...a.scalars, ...b.scalars],
    strong: [...(a.strong ?? []), ...(b.strong ?? [])],
  };
}

/** The value times a coefficient. */
export function scaled(value: Terms, coefficient: Coefficient): Terms {
  return value.map((term) => ({ ...term, coefficient: times(term.coefficient, coefficient) }));
}

/** The coefficient of a value whose elements are all equal. */
export function splatOf(value: Terms): Coefficient | undefined {
  return value.length === 1 && value[0].part.kind === 'splat' ? value[0].coefficient : undefined;
}

/** The terms of the elements on one diagonal. */
interface OnDiagonal {
  readonly begin: number;
  readonly step: number;
  readonly size: number;
  readonly elements: Term[];
}

/** The diagonals of a value that is zero off them, each as a sum of vectors; undefined for another value. */
export function diagonalsIn(value: Terms): readonly OnDiagonal[] | undefined {
  const found: OnDiagonal[] = [];
  for (const { coefficient, part } of value) {
    if (part.kind !== 'diagonal') return undefined;
    const { begin, step, buffer } = part;
    const { size } = buffer;
    const isSame = (own: OnDiagonal) => own.begin === begin && own.step === step && own.size === size;
    const element: Term = { coefficient, part: { kind: 'dense', buffer } };
    const own = found.find(isSame);
    if (own === undefined) found.push({ begin, step, size, elements: [element] });
    else own.elements.push(element);
  }
  return found.length === 0 ? undefined : found;
}

/** The row and the column of the first element of a diagonal; undefined if it is not one of a matrix of this shape. */
export function placeIn(
  { begin, step, buffer: { size } }: Diagonal,
  [rows, columns]: Shape,
): { readonly row: number; readonly column: number } | undefined {
  const [row, column] = [Math.floor(begin / columns), begin % columns];
  const isThere = step === columns + 1 && row + size <= rows && column + size <= columns;
  return isThere ? { row, column } : undefined;
}

/** The buffer of an ordinary array. */
export function arrayOf(value: Terms): Buffer | undefined {
  const [term] = value;
  return value.length === 1 && term.part.kind === 'dense' && isOne(term.coefficient)
    ? term.part.buffer
    : undefined;
}

/** The single term of a tensor that only repeats another, if its coefficient is a known factor. */
export function repeatedOf(terms: Terms): Repeated | undefined {
  const [term] = terms;
  if (terms.length !== 1 || term.part.kind !== 'repeated' || term.coefficient.scalars.length > 0)
    return undefined;
  return { ...term.part, factor: term.coefficient.factor };
}

type Repeated = Extract<Part, { kind: 'repeated' }> & { readonly factor: number };

/** The buffers that the elements are computed from. */
export function buffersOf(terms: Terms): Buffer[] {
  const all: Buffer[] = [];
  const note = (buffer: Buffer) => {
    all.push(buffer);
    return buffer;
  };
  for (const { coefficient, part } of terms) {
    all.push(...coefficient.scalars);
    mapPart(part, note);
  }
  return all;
}

/** The terms with other buffers in the place of theirs. */
export function mapBuffers(terms: Terms, to: (buffer: Buffer) => Buffer): Terms {
  return terms.map(({ coefficient: { factor, scalars, strong }, part }) => ({
    coefficient: {
      factor,
      scalars: scalars.map(to),
      ...(strong === undefined ? {} : { strong: strong.map(to) }),
    },
    part: mapPart(part, to),
  }));
}

function mapPart(part: Part, to: (buffer: Buffer) => Buffer): Part {
  switch (part.kind) {
    case 'splat':
      return part;
    case 'product':
      return { ...part, u: to(part.u), v: to(part.v) };
    case 'rows':
      return { ...part, index: to(part.index), v: to(part.v) };
    case 'mixture':
      return { ...part, weights: to(part.weights), buffer: to(part.buffer) };
    case 'entries':
      return { ...part, by: part.by.map(to), of: mapEntry(part.of, to) };
    case 'dense':
    case 'outer':
    case 'row':
      return mapEntry(part, to);
    default:
      return { ...part, buffer: to(part.buffer) };
  }
}

function mapEntry(part: EntryPart, to: (buffer: Buffer) => Buffer): EntryPart {
  switch (part.kind) {
    case 'dense':
      return { ...part, buffer: to(part.buffer) };
    case 'outer':
      return { ...part, u: to(part.u), v: to(part.v) };
    case 'row':
      return { ...part, index: to(part.index), v: to(part.v) };
  }
}

import { type DType, type Shape, sizeOf, stridesOf, type wasm } from '../../../lib/index.ts';
import type { Assembler } from '../instructions/assembler.ts';
import type { Buffer } from '../instructions/instruction.ts';
import { addDiagonal, addedRows, addProduct } from './addPart.ts';
import { addEntries, EntryNumbers } from './entryTerms.ts';
import {
  arrayOf,
  type Coefficient,
  type Diagonal,
  isOne,
  one,
  type Part,
  repeatedOf,
  type Term,
  type Terms,
} from './terms.ts';

type Outer = Extract<Part, { kind: 'outer' }>;
type Product = Extract<Part, { kind: 'product' }>;
type Block = Extract<Part, { kind: 'block' }>;
type Rows = Extract<Part, { kind: 'rows' }>;
type Repeated = Extract<Part, { kind: 'repeated' }>;

/** Writes values out as arrays, in as few passes over memory as their terms allow. */
export class Materializer {
  /** The numbers of entries as arrays. */
  readonly entryNumbers: EntryNumbers;
  readonly #assembler: Assembler;
  readonly #products = new Map<string, Buffer>();
  readonly #numbers = new Map<Buffer, number>();
  /** Diagonal matrices that were written out. */
  readonly #diagonals: { readonly part: Diagonal; readonly out: Buffer }[] = [];

  constructor(assembler: Assembler) {
    this.#assembler = assembler;
    this.entryNumbers = new EntryNumbers(assembler, (coefficient, dtype) =>
      this.coefficient(coefficient, dtype),
    );
  }

  /** The value as an array: its own buffer if it is one, otherwise a new buffer or `target`. */
  array(value: Terms, dtype: DType, shape: Shape, target?: Buffer): Buffer {
    const own = arrayOf(value);
    if (own !== undefined && target === undefined) return own;
    const [first] = value;
    if (
      target === undefined &&
      value.length === 1 &&
      first.part.kind === 'diagonal' &&
      isOne(first.coefficient)
    )
      return this.#diagonal(first.part, dtype, shape);
    const out = target ?? this.#assembler.buffer(dtype, sizeOf(shape));
    const repeated = repeatedOf(value);
    const only = value.length === 1 ? value[0] : undefined;
    if (only?.part.kind === 'dense' && this.#isStrong(only.coefficient))
      this.#assembler.emit(
        'strongmuls',
        dtype,
        out,
        only.part.buffer,
        this.coefficient(only.coefficient, dtype),
        out.size,
      );
    else if (repeated?.factor === 1) this.#repeat(out, repeated);
    else this.#write(out, value, dtype, shape);
    return out;
  }

  /** Reshaped and other copies of one diagonal matrix share its elements. */
  #diagonal(part: Diagonal, dtype: DType, shape: Shape): Buffer {
    const size = sizeOf(shape);
    const isSame = ({ buffer, begin, step }: Diagonal) =>
      buffer === part.buffer && begin === part.begin && step === part.step;
    const known = this.#diagonals.find((other) => isSame(other.part) && other.out.size === size);
    if (known !== undefined) return known.out;
    const out = this.#assembler.buffer(dtype, size);
    this.#write(out, [{ coefficient: one, part }], dtype, shape);
    this.#diagonals.push({ part, out });
    return out;
  }

  #repeat(out: Buffer, { buffer, each }: Repeated): void {
    const isRow = each === 1;
    const [rows, columns] = isRow ? [out.size / buffer.size, buffer.size] : [buffer.size, each];
    const strides = isRow ? [0, 1] : [1, 0];
    this.#assembler.emit('strided', out.dtype, out, buffer, 2, rows, columns, columns, 1, ...strides);
  }

  /** A coefficient as a scalar buffer. */
  coefficient(given: Coefficient, dtype: DType): Buffer {
    const { factor, scalars } = this.#folded(given);
    if (scalars.length === 0) return this.#assembler.scalar(dtype, factor);
    const operation = this.#isStrong(given) ? 'strongmul' : 'mul';
    const key = `${operation} ${factor}*${scalars.map((scalar) => this.#number(scalar)).join('*')}`;
    const known = this.#products.get(key);
    if (known !== undefined) return known;
    let product = scalars[0];
    for (const scalar of [
      ...scalars.slice(1),
      ...(factor === 1 ? [] : [this.#assembler.scalar(dtype, factor)]),
    ]) {
      const next = this.#assembler.buffer(dtype, 1);
      this.#assembler.emit(operation, dtype, next, product, scalar, 1);
      product = next;
    }
    this.#products.set(key, product);
    return product;
  }

  /**
   * The coefficient with those of its scalars that are always 1 or -1 in its factor, which changes no digit.
   */
  #folded({ factor, scalars }: Coefficient): Coefficient {
    const numberOf = (scalar: Buffer) => this.#assembler.constants.get(scalar)?.[0];
    const isUnit = (scalar: Buffer) => Math.abs(numberOf(scalar) ?? 0) === 1;
    const negative = scalars.filter((scalar) => numberOf(scalar) === -1).length % 2 === 1;
    return { factor: negative ? -factor : factor, scalars: scalars.filter((scalar) => !isUnit(scalar)) };
  }

  #write(out: Buffer, value: Terms, dtype: DType, shape: Shape): void {
    const of = (kind: Part['kind']) => value.filter(({ part }) => part.kind === kind);
    const blocks = of('block');
    const arrays = of('dense').map((term) => ({
      ...this.factors(term.coefficient, bufferOf(term)),
      plain: isOne(term.coefficient),
    }));
    // A sum in place must read its own array first, so that array comes first.
    arrays.sort((a, b) => Number(b.buffer === out) - Number(a.buffer === out));
    const outers = of('outer').map(({ coefficient, part }) => {
      const { at, buffer: u } = this.factors(coefficient, (part as Outer).u);
      return { at, part: { ...(part as Outer), u } };
    });
    // A row for all rows is 1 ⊗ v, and a number for each is u ⊗ 1.
    for (const { coefficient, part } of of('repeated') as { coefficient: Coefficient; part: Repeated }[]) {
      const { at, buffer } = this.factors(coefficient, part.buffer);
      const ones = this.#assembler.filled(dtype, 1, sizeOf(shape) / buffer.size);
      const [u, v] = part.each === 1 ? [ones, buffer] : [buffer, ones];
      outers.push({ at, part: { kind: 'outer', u, v, strong: false } });
    }
    for (const { coefficient, part } of of('rows') as { coefficient: Coefficient; part: Rows }[]) {
      const rows = addedRows(this.#assembler, out, part);
      arrays.push({ ...this.factors(coefficient, rows), plain: isOne(coefficient) });
    }
    const splats = of('splat');
    const entries = this.entryNumbers.entriesIn(value, out);
    let written = false;
    if (blocks.length > 0) {
      const joined = this.#join(
        arrays.length === 0 && outers.length === 0 ? out : undefined,
        blocks,
        dtype,
        shape,
      );
      if (joined === out) written = true;
      else arrays.push({ at: this.#assembler.scalar(dtype, 1), plain: true, buffer: joined });
    }
    const emit = (operation: wasm.OpName, ...operands: (Buffer | number)[]) =>
      this.#assembler.emit(operation, dtype, out, ...operands);
    const size = sizeOf(shape);
    const first = outers.shift();
    if (first === undefined && arrays.length === 1 && !written && entries[0]?.part.of.kind === 'outer') {
      addEntries(this.#assembler, out, entries.splice(0, 1)[0], true, arrays.splice(0, 1)[0]);
      written = true;
    } else if (first !== undefined) {
      const [x, y] = arrays.splice(0, 2);
      const product = [first.at, first.part.u, first.part.v, first.part.u.size, first.part.v.size] as const;
      if (y !== undefined) emit(named('rank1two', first.part), x.at, x.buffer, y.at, y.buffer, ...product);
      else if (x !== undefined) emit(named('rank1', first.part), x.at, x.buffer, ...product);
      else emit(named('outer', first.part), ...product);
      written = true;
    } else if (arrays.length > 0 && !written) {
      const [x, y, z] = arrays.splice(0, 3);
      if (z !== undefined) emit('axpbypcz', x.at, x.buffer, y.at, y.buffer, z.at, z.buffer, size);
      else if (y === undefined && x.plain && splats.length > 0)
        emit('adds', x.buffer, this.coefficient(splats.splice(0, 1)[0].coefficient, dtype), size);
      else if (y === undefined && x.plain) {
        if (x.buffer !== out) emit('copy', x.buffer, size);
      } else if (y === undefined && splats.length > 0)
        emit('axpb', x.at, x.buffer, this.coefficient(splats.splice(0, 1)[0].coefficient, dtype), size);
      else if (y === undefined) emit('muls', x.buffer, x.at, size);
      else if (x.plain && y.plain) emit('add', x.buffer, y.buffer, size);
      else emit('axpby', x.at, x.buffer, y.at, y.buffer, size);
      written = true;
    }
    for (const { coefficient, part } of of('product') as { coefficient: Coefficient; part: Product }[]) {
      addProduct(this.#assembler, out, this.factors(coefficient, part.u), part, written);
      written = true;
    }
    for (const { weights, buffer } of this.entryNumbers.mixturesIn(value, dtype)) {
      emit('matvect', buffer, weights, weights.size, size, Number(written));
      written = true;
    }
    for (const own of entries) {
      addEntries(this.#assembler, out, own, written);
      written = true;
    }
    const unit = this.#assembler.scalar(dtype, 1);
    for (const { at, buffer } of arrays) emit('axpby', unit, out, at, buffer, size);
    for (const { at, part } of outers)
      emit(named('rank1', part), unit, out, at, part.u, part.v, part.u.size, part.v.size);
    for (const { coefficient } of splats) {
      emit(written ? 'adds' : 'fill', ...(written ? [out] : []), this.coefficient(coefficient, dtype), size);
      written = true;
    }
    const isBare = !written;
    if (isBare) emit('fill', this.#assembler.scalar(dtype, 0), size);
    for (const { coefficient, part } of of('row')) {
      if (part.kind !== 'row') continue;
      const { at, buffer } = this.factors(coefficient, part.v);
      emit('rowadd', at, buffer, part.index, buffer.size);
    }
    for (const [i, { coefficient, part }] of of('diagonal').entries()) {
      if (part.kind !== 'diagonal') continue;
      const { at, buffer } = this.factors(coefficient, part.buffer);
      const isZero = isBare && of('row').length === 0 && i === 0;
      addDiagonal(this.#assembler, out, part, { at, buffer }, isZero);
    }
  }

  /** A coefficient and an array; 1 and their product where it has to be a strong one, which rounds alike. */
  factors(coefficient: Coefficient, buffer: Buffer): { at: Buffer; buffer: Buffer } {
    const { dtype, size } = buffer;
    const at = this.coefficient(coefficient, dtype);
    if (!this.#isStrong(coefficient)) return { at, buffer };
    const product = this.#assembler.buffer(dtype, size);
    this.#assembler.emit('strongmuls', dtype, product, buffer, at, size);
    return { at: this.#assembler.scalar(dtype, 1), buffer: product };
  }

  /** Whether all products with the coefficient are strong, or with numbers that are known. */
  #isStrong({ scalars, strong = [] }: Coefficient): boolean {
    const isKnown = (scalar: Buffer) => this.#assembler.constants.has(scalar);
    return strong.length > 0 && scalars.every((scalar) => strong.includes(scalar) || isKnown(scalar));
  }

  /** Blocks side by side; `out` receives them, or a new buffer. */
  #join(out: Buffer | undefined, blocks: readonly Term[], dtype: DType, shape: Shape): Buffer {
    const parts = blocks.map(({ coefficient, part }) => ({ coefficient, part: part as Block }));
    const target = out ?? this.#assembler.buffer(dtype, sizeOf(shape));
    const apart = parts.every(({ part: a }, i) => parts.slice(i + 1).every(({ part: b }) => disjoint(a, b)));
    const covered = parts.reduce((size, { part }) => size + sizeOf(part.shape), 0);
    if (!apart || covered < sizeOf(shape))
      this.#assembler.emit('fill', dtype, target, this.#assembler.scalar(dtype, 0), sizeOf(shape));
    for (const { coefficient, part } of parts) {
      const values = isOne(coefficient)
        ? part.buffer
        : this.array([{ coefficient, part: { kind: 'dense', buffer: part.buffer } }], dtype, part.shape);
      if (apart) this.place(target, shape, values, part.begin, part.shape, dtype);
      else {
        const spread = this.#assembler.buffer(dtype, sizeOf(shape));
        this.#assembler.emit('fill', dtype, spread, this.#assembler.scalar(dtype, 0), sizeOf(shape));
        this.place(spread, shape, values, part.begin, part.shape, dtype);
        this.#assembler.emit('add', dtype, target, target, spread, sizeOf(shape));
      }
    }
    return target;
  }

  /** Copies a whole array into the block of `out` at `begin`. */
  place(out: Buffer, shape: Shape, x: Buffer, begin: readonly number[], block: Shape, dtype: DType): void {
    const strides = stridesOf(shape);
    const shift = begin.reduce((at, start, axis) => at + start * strides[axis], 0);
    this.#assembler.emit(
      'strided',
      dtype,
      { buffer: out, shift },
      x,
      block.length,
      ...block,
      ...strides,
      ...stridesOf(block),
    );
  }

  #number(buffer: Buffer): number {
    const known = this.#numbers.get(buffer) ?? this.#numbers.size;
    this.#numbers.set(buffer, known);
    return known;
  }
}

/** The instruction for a product as it is to be taken. */
function named(operation: 'outer' | 'rank1' | 'rank1two', { strong }: Outer): wasm.OpName {
  return strong ? `strong${operation}` : operation;
}

function bufferOf({ part }: Term): Buffer {
  return (part as Extract<Part, { kind: 'dense' }>).buffer;
}

function disjoint(a: Block, b: Block): boolean {
  return a.begin.some(
    (start, axis) => start + a.shape[axis] <= b.begin[axis] || b.begin[axis] + b.shape[axis] <= start,
  );
}

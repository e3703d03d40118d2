import type { DType } from '../../../lib/index.ts';
import type { Assembler } from '../instructions/assembler.ts';
import type { Buffer } from '../instructions/instruction.ts';
import { type EntryOperand, repeat } from './repeat.ts';
import type { Coefficient, Part, Terms } from './terms.ts';

/** Entries along a leading axis, with the numbers that they are multiplied with. */
interface Entries {
  readonly part: Extract<Part, { kind: 'entries' }>;
  readonly numbers: EntryOperand;
}

/** Σ weights x over the entries of an array x. */
interface Mixture {
  readonly weights: Buffer;
  readonly buffer: Buffer;
}

/** The scalar of a coefficient. */
type ScalarOf = (coefficient: Coefficient, dtype: DType) => Buffer;

/** Numbers for the entries of a batch: one for each, or one for all. */
export class EntryNumbers {
  readonly #assembler: Assembler;
  readonly #scalarOf: ScalarOf;
  readonly #known: { readonly by: readonly Buffer[]; readonly scalar: Buffer; readonly out: Buffer }[] = [];

  constructor(assembler: Assembler, scalarOf: ScalarOf) {
    this.#assembler = assembler;
    this.#scalarOf = scalarOf;
  }

  /** A coefficient times the numbers of each entry; the same product is computed once. */
  of(coefficient: Coefficient, by: readonly Buffer[], dtype: DType): EntryOperand {
    const scalar = this.#scalarOf(coefficient, dtype);
    if (by.length === 0) return { buffer: scalar, stride: 0 };
    const known = this.#known.find(
      (own) =>
        own.scalar === scalar && own.by.length === by.length && own.by.every((one, i) => one === by[i]),
    );
    if (known !== undefined) return { buffer: known.out, stride: 1 };
    const [{ size }] = by;
    const next = () => this.#assembler.buffer(dtype, size);
    let [out] = by;
    for (const other of by.slice(1)) {
      const product = next();
      this.#assembler.emit('mul', dtype, product, out, other, size);
      out = product;
    }
    if (this.#assembler.number(scalar) !== 1) {
      const product = next();
      this.#assembler.emit('muls', dtype, product, out, scalar, size);
      out = product;
    }
    this.#known.push({ by, scalar, out });
    return { buffer: out, stride: 1 };
  }

  /** The entries in a sum, first those of its target: what is updated in place is read before it is written. */
  entriesIn(value: Terms, target: Buffer): Entries[] {
    const isOwn = ({ part: { of: part } }: Entries) => part.kind === 'dense' && part.buffer === target;
    return value
      .flatMap(({ coefficient, part }) =>
        part.kind === 'entries' ? [{ part, numbers: this.of(coefficient, part.by, target.dtype) }] : [],
      )
      .sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  }

  /** The mixtures in a sum, with their coefficients in the weights. */
  mixturesIn(value: Terms, dtype: DType): Mixture[] {
    return value.flatMap(({ coefficient, part }) =>
      part.kind === 'mixture'
        ? [{ weights: this.of(coefficient, [part.weights], dtype).buffer, buffer: part.buffer }]
        : [],
    );
  }
}

/** Adds the entries of a batch to an array, times their numbers, or sets it where nothing is written yet. */
export function addEntries(
  assembler: Assembler,
  out: Buffer,
  { part: { count, of: part }, numbers: c }: Entries,
  isSum: boolean,
  sum: { readonly at: Buffer; readonly buffer: Buffer } = { at: assembler.scalar(out.dtype, 1), buffer: out },
): void {
  const { dtype } = out;
  const size = out.size / count;
  const one = { buffer: sum.at, stride: 0 };
  const before = { buffer: sum.buffer, stride: size };
  const emit = (
    operation: Parameters<typeof repeat>[2],
    operands: readonly EntryOperand[],
    ...counts: number[]
  ) => assembler.instructions.push(...repeat(out, count, operation, operands, counts));
  switch (part.kind) {
    case 'dense': {
      const x = { buffer: part.buffer, stride: size };
      if (isSum) emit('axpby', [one, before, c, x], size);
      else emit('muls', [x, c], size);
      break;
    }
    case 'outer': {
      const [m, n] = [part.u.size / count, part.v.size / count];
      const [u, v] = [
        { buffer: part.u, stride: m },
        { buffer: part.v, stride: n },
      ];
      if (isSum) emit(part.strong ? 'strongrank1' : 'rank1', [one, before, c, u, v], m, n);
      else emit(part.strong ? 'strongouter' : 'outer', [c, u, v], m, n);
      break;
    }
    case 'row': {
      const n = part.v.size / count;
      if (!isSum) assembler.emit('fill', dtype, out, assembler.scalar(dtype, 0), out.size);
      emit('rowadd', [c, { buffer: part.v, stride: n }, { buffer: part.index, stride: 1 }], n);
    }
  }
}

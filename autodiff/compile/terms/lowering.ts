import {
  type DType,
  dataOf,
  type Shape,
  sizeOf,
  type Tensor,
  type TypedArray,
  type wasm,
} from '../../../lib/index.ts';
import { type Equation, SymbolTensor } from '../../symbol.ts';
import { rowOf } from '../../table/index.ts';
import { squaredIn } from '../../table/lower/multiply.ts';
import type { Program } from '../equations/program.ts';
import type { Care } from '../equations/schedule.ts';
import type { Assembler } from '../instructions/assembler.ts';
import { type Buffer, bufferOf, type InstructionOperand } from '../instructions/instruction.ts';
import { Indices } from './indices.ts';
import { Materializer } from './materialize.ts';
import type { Planner } from './planner.ts';
import { type EntryOperand, repeat } from './repeat.ts';
import {
  arrayOf,
  type Coefficient,
  type Diagonal,
  dense,
  diagonalsIn,
  one,
  type Part,
  type Terms,
} from './terms.ts';

/** The sum of the squares of x [m, n], or of each of several entries of that shape. */
interface Carried {
  readonly norm: Buffer;
  readonly x: Buffer;
  readonly m: number;
  readonly n: number;
  readonly count: number;
}

/** The kinds of parts that are written out for all of several uses. */
const dear = ['block', 'product', 'mixture', 'rows'] as const satisfies readonly Part['kind'][];

/**
 * Turns equations into instructions by the table, keeping sums factored for as long as nothing needs their
 * elements.
 */
export class Lowering implements Planner {
  readonly assembler: Assembler;
  readonly care: Care;
  readonly materializer: Materializer;
  /** The origins of indices. */
  readonly indices = new Indices();
  /** Sums of squares that carry over from run to run, with what they are the squares of, m rows of n. */
  readonly carried: Carried[] = [];
  readonly squared: ReadonlySet<Tensor>;
  readonly #terms = new Map<Tensor, Terms>();
  readonly #zeros = new Set<Tensor>();
  readonly #uses = new Map<Tensor, number>();
  readonly #scalars: {
    readonly operation: string;
    readonly operands: readonly (Buffer | number)[];
    readonly out: Buffer;
  }[] = [];
  readonly #dots: {
    readonly x: Buffer;
    readonly y: Buffer;
    readonly count: number;
    readonly out: Buffer;
  }[] = [];

  /** @param zeros the inputs that are known to be zero. */
  constructor(
    program: Program,
    inputs: readonly Buffer[],
    assembler: Assembler,
    care: Care,
    zeros: readonly number[],
  ) {
    this.assembler = assembler;
    this.care = care;
    this.materializer = new Materializer(assembler);
    program.inputs.forEach((input, i) => {
      this.#terms.set(input, zeros.includes(i) ? this.#zero(input) : dense(inputs[i]));
      if (input.dtype === 'int32') this.indices.declare(input, i);
    });
    // An output that is copied out does not count: it is written out by itself, so that asking for one
    // changes no other result.
    for (const operand of program.equations.flatMap(({ operands }) => operands))
      this.#uses.set(operand, (this.#uses.get(operand) ?? 0) + 1);
    this.squared = squaredIn(program);
  }

  lower(equations: readonly Equation[]): void {
    for (const equation of equations) this.#terms.set(equation.result, this.#lower(equation));
  }

  #lower(equation: Equation): Terms {
    const { primitive, operands, parameters, result } = equation;
    const row = rowOf(primitive);
    if (row === undefined) return this.#call(equation);
    const rows = row.rows?.(operands, parameters);
    if (rows !== undefined && !this.indices.requireRange(operands[1], rows, primitive.name))
      return this.#call(equation);
    if (this.#isZero(operands, row.zero)) return this.#zero(result);
    this.indices.follow(equation, row);
    return row.lower(this, operands, parameters, result) ?? this.#call(equation);
  }

  /** The equation by the primitive's own `evaluate`, which the machine calls back. */
  #call(equation: Equation): Terms {
    const out = this.temporary(equation.result);
    // Constants are given as they are; whatever is computed lies in the arena.
    const operands = equation.operands.map((x) => (x instanceof SymbolTensor ? this.array(x) : x));
    const buffers = operands.filter((operand): operand is Buffer => 'address' in operand);
    this.assembler.instructions.push({
      operation: 'call',
      dtype: out.dtype,
      operands: [out, ...buffers],
      call: { equation, out, operands },
    });
    return dense(out);
  }

  /**
   * Whether a result is zero because operands are that are known to be: not computed, and not NaN where
   * another is infinite.
   */
  #isZero(operands: readonly Tensor[], when: 'first' | 'any' | 'all' | undefined): boolean {
    if (when === undefined) return false;
    if (when === 'first') return this.isZero(operands[0]);
    const isAny = operands.some((x) => this.isZero(x));
    return isAny && (when === 'any' || operands.every((x) => this.isZero(x) || this.terms(x).length === 0));
  }

  terms(x: Tensor): Terms {
    const known = this.#terms.get(x);
    if (known !== undefined) return known;
    const terms = this.#constant(x);
    this.#terms.set(x, terms);
    return terms;
  }

  diagonals(x: Tensor): readonly Diagonal[] | undefined {
    const own = diagonalsIn(this.terms(x))?.map(({ begin, step, size, elements }) => ({
      kind: 'diagonal' as const,
      buffer: this.materializer.array(elements, x.dtype, [size]),
      begin,
      step,
    }));
    if (own !== undefined)
      this.#terms.set(
        x,
        own.map((part) => ({ coefficient: one, part })),
      );
    return own;
  }

  array(x: Tensor): Buffer {
    const buffer =
      x instanceof SymbolTensor || diagonalsIn(this.terms(x)) === undefined
        ? this.materializer.array(this.terms(x), x.dtype, x.shape)
        : this.assembler.constant(x.dtype, dataOf(x).slice());
    this.#terms.set(x, dense(buffer));
    return buffer;
  }

  factored(x: Tensor): { coefficient: Coefficient; buffer: Buffer } {
    const [term, ...more] = this.terms(x);
    if (more.length === 0 && term?.part.kind === 'dense')
      return { coefficient: term.coefficient, buffer: term.part.buffer };
    return { coefficient: one, buffer: this.array(x) };
  }

  summand(x: Tensor): Terms {
    if (x.size === 1) return dense(this.array(x));
    const uses = this.#uses.get(x) ?? 0;
    if (uses > 1 && this.diagonals(x) !== undefined) return this.terms(x);
    const [term, ...more] = this.terms(x);
    // An outer product is multiplied out anew by each use; from the third on, writing it down is cheaper.
    const part = term?.part;
    const kind = part?.kind === 'entries' ? part.of.kind : part?.kind;
    const isCheap = more.length === 0 && !dear.some((own) => own === kind) && (kind !== 'outer' || uses <= 2);
    return isCheap || uses <= 1 ? this.terms(x) : dense(this.array(x));
  }

  isZero(x: Tensor): boolean {
    return this.#zeros.has(x);
  }

  number(x: Tensor): number | undefined {
    return this.assembler.number(arrayOf(this.terms(x)));
  }

  temporary({ dtype, shape }: { readonly dtype: DType; readonly shape: Shape }): Buffer {
    return this.assembler.buffer(dtype, sizeOf(shape));
  }

  scalar(operation: wasm.OpName, dtype: DType, operands: readonly (Buffer | number)[]): Buffer {
    const same = this.#scalars.find(
      (known) =>
        known.operation === operation && known.operands.every((operand, i) => operand === operands[i]),
    );
    if (same !== undefined) return same.out;
    const out = this.assembler.buffer(dtype, 1);
    this.assembler.emit(operation, dtype, out, ...operands);
    this.#scalars.push({ operation, operands, out });
    return out;
  }

  eachDot(x: Buffer, y: Buffer, count: number): Buffer {
    const same = this.#dots.find((own) => own.count === count && own.x === x && own.y === y);
    if (same !== undefined) return same.out;
    const out = this.assembler.buffer(x.dtype, count);
    const n = x.size / count;
    const operands = [x, y].map((buffer) => ({ buffer, stride: n }));
    this.assembler.instructions.push(...repeat(out, count, 'dot', operands, [n]));
    this.#dots.push({ x, y, count, out });
    return out;
  }

  /** The sum of the squares of an array, or of each of its entries, if it was asked for. */
  squares(x: Buffer, count = 1): Buffer | undefined {
    if (count > 1) return this.#dots.find((own) => own.count === count && own.x === x && own.y === x)?.out;
    return this.#scalars.find(({ operation, operands: [a, b] }) => operation === 'dot' && a === x && b === x)
      ?.out;
  }

  emit(result: Tensor, operation: wasm.OpName, ...operands: readonly InstructionOperand[]): Terms {
    const out = this.temporary(result);
    // A comparison is of the dtype of what it compares.
    this.assembler.emit(operation, bufferOf(operands[0])?.dtype ?? result.dtype, out, ...operands);
    return dense(out);
  }

  emitEach(
    result: Tensor,
    count: number,
    operation: wasm.OpName,
    operands: readonly EntryOperand[],
    counts: readonly (number | Buffer)[],
  ): Terms {
    const out = this.temporary(result);
    this.assembler.instructions.push(...repeat(out, count, operation, operands, counts));
    return dense(out);
  }

  #zero(x: Tensor): Terms {
    this.#zeros.add(x);
    return x.size === 1 ? dense(this.assembler.scalar(x.dtype, 0)) : [];
  }

  #constant(x: Tensor): Terms {
    const data = dataOf(x);
    if (x.size === 1) return dense(this.assembler.scalar(x.dtype, data[0]));
    const [first] = data;
    if (
      x.dtype !== 'int32' &&
      first !== undefined &&
      data.every((element: number) => Object.is(element, first))
    )
      return Object.is(first, 0)
        ? []
        : [{ coefficient: { factor: first, scalars: [] }, part: { kind: 'splat' } }];
    const begin = diagonalBegin(x.shape, data);
    if (x.dtype === 'int32' || begin === undefined)
      return dense(this.assembler.constant(x.dtype, data.slice() as typeof data));
    const elements = data.slice(0, x.shape[1]).map((_, i) => data[(begin + i) * x.shape[1] + i]);
    const buffer = this.assembler.constant(x.dtype, elements as typeof data);
    const [, columns] = x.shape;
    return [
      { coefficient: one, part: { kind: 'diagonal', buffer, begin: begin * columns, step: columns + 1 } },
    ];
  }
}

/** The row of the first element of a matrix that is zero off one diagonal, which meets every column. */
function diagonalBegin([rows, columns = 1, ...more]: Shape, data: TypedArray): number | undefined {
  if (more.length > 0 || columns < 2 || rows < columns) return undefined;
  const begin = data.findIndex((element: number) => !Object.is(element, 0)) / columns;
  const isOn = (at: number) => at >= begin * columns && (at - begin * columns) % (columns + 1) === 0;
  const holds = (element: number, at: number) =>
    Object.is(element, 0) || (isOn(at) && at < (begin + columns) * columns);
  return Number.isInteger(begin) && begin >= 0 && begin + columns <= rows && data.every(holds)
    ? begin
    : undefined;
}

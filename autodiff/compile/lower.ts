import { type DType, dataOf, kernels, type Shape, sizeOf, type Tensor } from '../../lib/index.ts';
import type { Primitive } from '../primitive.ts';
import { add } from '../primitives/add.ts';
import * as constant from '../primitives/constant.ts';
import { div } from '../primitives/div.ts';
import { globalNorm } from '../primitives/globalNorm.ts';
import * as indexed from '../primitives/indexed.ts';
import * as linear from '../primitives/linear.ts';
import { matmul } from '../primitives/matmul.ts';
import { mul } from '../primitives/mul.ts';
import * as smooth from '../primitives/smooth.ts';
import { type Equation, SymbolTensor } from '../symbol.ts';
import type { Assembler, Buffer, InstructionOperand } from './assembler.ts';
import { lowerDiv, lowerPow } from './binary.ts';
import { lowerMatmul } from './contract.ts';
import { Materializer } from './materialize.ts';
import { lowerMul, squaredIn } from './multiply.ts';
import { lowerGlobalNorm } from './norm.ts';
import { NotPlannable } from './not-plannable.ts';
import { Origins, rowsOf } from './origins.ts';
import type { Planner } from './planner.ts';
import type { Program } from './program.ts';
import { cut, join, permute, reduce, repeat, scan } from './rearrange.ts';
import type { Care } from './schedule.ts';
import { arrayOf, type Coefficient, dense, isOne, one, scaled, splatOf, type Value } from './values.ts';

/** Those that have kernels, by identity: a user's own primitive may be called tanh too. */
const known = new Set<Primitive>([
  add,
  div,
  mul,
  matmul,
  globalNorm,
  ...Object.values(constant),
  ...Object.values(indexed),
  ...Object.values(linear),
  ...Object.values(smooth),
]);

/** Those that give zero when their first operand is known to be zero. */
const keepsZero = new Set<Primitive>([
  div,
  mul,
  matmul,
  linear.scale,
  linear.broadcast,
  linear.reshape,
  linear.permute,
  linear.slice,
  linear.pad,
  linear.sum,
  indexed.select,
]);

/** Turns equations into instructions, keeping sums factored for as long as nobody needs their elements. */
export class Lowering implements Planner {
  readonly assembler: Assembler;
  readonly care: Care;
  readonly materializer: Materializer;
  readonly origins = new Origins();
  /** Sums of squares that carry over from run to run, with what they are the squares of, m rows of n. */
  readonly carried: { readonly norm: Buffer; readonly x: Buffer; readonly m: number; readonly n: number }[] = [];
  readonly #values = new Map<Tensor, Value>();
  readonly #zeros = new Set<Tensor>();
  readonly #uses = new Map<Tensor, number>();
  readonly squared: ReadonlySet<Tensor>;
  readonly #scalars: { readonly operation: string; readonly operands: readonly (Buffer | number)[]; readonly out: Buffer }[] = [];

  /** @param zeros the inputs that are known to be zero. */
  constructor(program: Program, inputs: readonly Buffer[], assembler: Assembler, care: Care, zeros: readonly number[]) {
    this.assembler = assembler;
    this.care = care;
    this.materializer = new Materializer(assembler);
    program.inputs.forEach((input, i) => {
      this.#values.set(input, zeros.includes(i) ? this.#zero(input) : dense(inputs[i]));
      if (input.dtype === 'int32') this.origins.declare(input, i);
    });
    // An output that is copied out does not count: it is written out by itself, so that asking for one changes no other result.
    for (const operand of program.equations.flatMap(({ operands }) => operands))
      this.#uses.set(operand, (this.#uses.get(operand) ?? 0) + 1);
    this.squared = squaredIn(program);
  }

  lower(equations: readonly Equation[]): void {
    for (const equation of equations) this.#values.set(equation.result, this.#lower(equation));
  }

  /** What a tensor of the program stands for. */
  value(x: Tensor): Value {
    const known = this.#values.get(x);
    if (known !== undefined) return known;
    const value = this.#constant(x);
    this.#values.set(x, value);
    return value;
  }

  /** The elements of a tensor, written out once. */
  array(x: Tensor): Buffer {
    const buffer = this.materializer.array(this.value(x), x.dtype, x.shape);
    this.#values.set(x, dense(buffer));
    return buffer;
  }

  /** A tensor as a coefficient times an array. */
  factored(x: Tensor): { coefficient: Coefficient; buffer: Buffer } {
    const value = this.value(x);
    const [term] = value;
    if (value.length === 1 && term.part.kind === 'dense') return { coefficient: term.coefficient, buffer: term.part.buffer };
    return { coefficient: one, buffer: this.array(x) };
  }

  /** The value of an operand of a sum: kept factored unless it would be computed again by others. */
  summand(x: Tensor): Value {
    const value = this.value(x);
    if (x.size === 1) return dense(this.array(x));
    const uses = this.#uses.get(x) ?? 0;
    // An outer product is multiplied out anew by each; from the third on, writing it down is cheaper.
    const cheap =
      value.length === 0 ||
      (value.length === 1 && value[0].part.kind !== 'block' && (value[0].part.kind !== 'outer' || uses <= 2));
    return cheap || uses <= 1 ? value : dense(this.array(x));
  }

  /** Whether a tensor is zero because inputs are that are known to be: not computed, and not NaN where something else is infinite. */
  isZero(x: Tensor): boolean {
    return this.#zeros.has(x);
  }

  /** Whether a sum is zero because one operand is known to be, and the other is too or is a constant. */
  #addsNothing(x: Tensor, y: Tensor): boolean {
    const isNothing = (operand: Tensor) => this.isZero(operand) || this.value(operand).length === 0;
    return (this.isZero(x) && isNothing(y)) || (this.isZero(y) && isNothing(x));
  }

  #zero(x: Tensor): Value {
    this.#zeros.add(x);
    return x.size === 1 ? dense(this.assembler.scalar(x.dtype, 0)) : [];
  }

  number(x: Tensor): number | undefined {
    const buffer = arrayOf(this.value(x));
    return buffer && this.assembler.constants.get(buffer)?.[0];
  }

  temporary(x: { readonly dtype: DType; readonly shape: Shape }): Buffer {
    return this.assembler.buffer(x.dtype, sizeOf(x.shape));
  }

  /** A scalar computed from buffers, once for the same ones. */
  scalar(operation: string, dtype: DType, operands: readonly (Buffer | number)[]): Buffer {
    const same = this.#scalars.find(
      (known) => known.operation === operation && known.operands.every((operand, i) => operand === operands[i]),
    );
    if (same !== undefined) return same.out;
    const out = this.assembler.buffer(dtype, 1);
    this.assembler.emit(operation, dtype, out, ...operands);
    this.#scalars.push({ operation, operands, out });
    return out;
  }

  /** The sum of the squares of an array, if it was asked for. */
  readonly squares = (x: Buffer): Buffer | undefined =>
    this.#scalars.find(({ operation, operands: [a, b] }) => operation === 'dot' && a === x && b === x)?.out;

  #lower(equation: Equation): Value {
    const { primitive, operands, parameters, result } = equation;
    const [x, y] = operands;
    const parameter = parameters as Readonly<Record<string, never>>;
    if (!known.has(primitive)) throw new NotPlannable(`${primitive.name} has no kernel`);
    if (keepsZero.has(primitive) && this.isZero(x)) return this.#zero(result);
    if ((primitive === mul || primitive === matmul) && this.isZero(y)) return this.#zero(result);
    if (primitive === add && this.#addsNothing(x, y)) return this.#zero(result);
    switch (primitive.name) {
      case 'add':
        return this.#add(x, y, result);
      case 'scale':
        return this.#scale(x, { factor: parameter.factor, scalars: [] }, result);
      case 'mul':
        return lowerMul(this, x, y, parameter.strong ?? false, result);
      case 'div':
        return lowerDiv(this, x, y, parameter.strong ?? false, result);
      case 'pow':
        return lowerPow(this, x, y, result);
      case 'maximum':
        return this.emit(result, 'maximum', this.array(x), this.array(y), result.size);
      case 'matmul':
        return lowerMatmul(this, x, y, parameter as never, result);
      case 'globalNorm':
        return lowerGlobalNorm(this, operands, result);
      case 'reshape':
        return this.#alias(x, result);
      case 'broadcast':
        return this.#broadcast(x, result, parameter.axes);
      case 'permute':
        return permute(this, x, result, parameter.order);
      case 'slice':
        return cut(this, x, result, parameter.begin);
      case 'pad':
        return [{ coefficient: one, part: { kind: 'block', buffer: this.array(x), begin: parameter.begin, shape: x.shape } }];
      case 'sum':
        return reduce(this, 'sum', x, parameter.axes, result);
      case 'cumsum':
        return scan(this, x, parameter.axis, parameter.reverse, result);
      case 'maxReduce':
        return reduce(this, 'max', x, parameter.axes, result);
      case 'gather':
        return this.#gather(x, y, result);
      case 'scatterAdd':
        return this.#scatterAdd(x, y, parameter.size, result);
      case 'select':
        return this.emit(result, 'select', this.array(x), this.array(y), parameter.inverted ? 1 : 0, result.size);
      case 'join':
        return join(this, x, y, result, parameter.axis);
      case 'greater':
        return this.#greater(x, y, result);
      case 'argmax':
        return this.#emitAs(x.dtype, result, 'argmax', this.array(x), result.size, x.shape[x.shape.length - 1]);
      default:
        return this.emit(result, primitive.name, this.array(x), result.size);
    }
  }

  #add(x: Tensor, y: Tensor, result: Tensor): Value {
    if (result.size !== 1) return [...this.summand(x), ...this.summand(y)];
    if (this.number(x) === 0) return this.value(y);
    if (this.number(y) === 0) return this.value(x);
    return this.emit(result, 'add', this.array(x), this.array(y), 1);
  }

  #scale(x: Tensor, coefficient: Coefficient, result: Tensor): Value {
    if (result.size !== 1) return scaled(this.summand(x), coefficient);
    if (isOne(coefficient)) return this.value(x);
    return this.emit(result, 'mul', this.array(x), this.materializer.coefficient(coefficient, x.dtype), 1);
  }

  #greater(x: Tensor, y: Tensor, result: Tensor): Value {
    const [left, right] = [splatOf(this.value(x)), splatOf(this.value(y))];
    const scalar = (coefficient: Coefficient) => this.materializer.coefficient(coefficient, x.dtype);
    if (right !== undefined) return this.#emitAs(x.dtype, result, 'greaters', this.array(x), scalar(right), result.size);
    // x > y reads y < x when x is the one that all elements share.
    if (left !== undefined) return this.#emitAs(x.dtype, result, 'lessers', this.array(y), scalar(left), result.size);
    return this.#emitAs(x.dtype, result, 'greater', this.array(x), this.array(y), result.size);
  }

  #alias(x: Tensor, result: Tensor): Value {
    this.origins.inherit(x, result, (positions) => positions);
    const value = this.summand(x);
    // A block's place is told by its shape, so it does not survive another one.
    return value.some(({ part }) => part.kind === 'block') ? dense(this.array(x)) : value;
  }

  #broadcast(x: Tensor, result: Tensor, axes: readonly number[]): Value {
    if (x.size === 1) {
      this.origins.inherit(x, result, ([only]) => new Array<number>(result.size).fill(only));
      return [{ coefficient: { factor: 1, scalars: [this.array(x)] }, part: { kind: 'splat' } }];
    }
    return repeat(this, x, result, axes);
  }

  #gather(x: Tensor, ids: Tensor, result: Tensor): Value {
    this.origins.requireRange(ids, x.shape[0], 'gather');
    if (this.isZero(x)) return this.#zero(result);
    if (!(ids instanceof SymbolTensor)) this.origins.inherit(x, result, (positions) => rowsOf(positions, dataOf(ids), x.shape));
    return this.emit(result, 'gather', this.array(x), this.array(ids), ids.size, sizeOf(x.shape.slice(1)));
  }

  #scatterAdd(x: Tensor, ids: Tensor, rows: number, result: Tensor): Value {
    this.origins.requireRange(ids, rows, 'scatterAdd');
    if (this.isZero(x)) return this.#zero(result);
    if (x.dtype === 'int32') throw new NotPlannable('scatterAdd of integers has no kernel');
    if (ids.size === 1) {
      const { coefficient, buffer } = this.factored(x);
      return [{ coefficient, part: { kind: 'row', index: this.array(ids), v: buffer } }];
    }
    const width = sizeOf(x.shape.slice(ids.shape.length));
    const lost = ids.size > kernels.fewRows ? this.temporary(result) : 0;
    return this.emit(result, 'scatteradd', this.array(x), this.array(ids), ids.size, width, rows, lost);
  }

  #constant(x: Tensor): Value {
    const data = dataOf(x);
    if (x.size === 1) return dense(this.assembler.scalar(x.dtype, data[0]));
    const [first] = data;
    if (x.dtype !== 'int32' && first !== undefined && data.every((element: number) => Object.is(element, first)))
      return Object.is(first, 0) ? [] : [{ coefficient: { factor: first, scalars: [] }, part: { kind: 'splat' } }];
    return dense(this.assembler.constant(x.dtype, data.slice() as typeof data));
  }

  /** Runs a kernel into a new array of the type of `result`. */
  emit(result: Tensor, operation: string, ...operands: readonly InstructionOperand[]): Value {
    return this.#emitAs(result.dtype, result, operation, ...operands);
  }

  #emitAs(dtype: DType, result: Tensor, operation: string, ...operands: readonly InstructionOperand[]): Value {
    const out = this.temporary(result);
    this.assembler.emit(operation, dtype, out, ...operands);
    return dense(out);
  }
}

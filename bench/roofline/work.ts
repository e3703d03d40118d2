import type { Execution } from '../../autodiff/index.ts';
import { wasm } from '../../lib/index.ts';

type Plan = Execution['plan'];
type Instruction = Plan['instructions'][number];
type Operand = Instruction['operands'][number];
type Buffer = Plan['inputs'][number];

/** The least that a run of a plan has to do, in numbers and bytes. */
export interface Work {
  readonly products: number;
  /** Sums and differences. */
  readonly sums: number;
  readonly quotients: number;
  readonly roots: number;
  /** Bytes that the plan reads before it writes them. */
  readonly read: number;
  /** Bytes that stay after the run. */
  readonly written: number;
}

type Arithmetic = readonly [products: number, sums: number, quotients?: number, roots?: number];
/** The value of an operand that is a count, by its name; of one that is an address, 0 where the term is left out. */
type Given = (name: string) => number;

const none = (): Arithmetic => [0, 0];
const each =
  (products: number, sums: number, quotients = 0, roots = 0) =>
  (of: Given): Arithmetic => [products * of('n'), sums * of('n'), quotients * of('n'), roots * of('n')];
const matrix =
  (products: number, sums: number) =>
  (of: Given): Arithmetic => [products * of('m') * of('n'), sums * of('m') * of('n')];
const product =
  (count: number) =>
  (of: Given): Arithmetic => [count * of('m') * of('k'), count * of('m') * of('k')];
const added = (of: Given): Arithmetic => [0, of('outer') * of('n') * of('inner')];
/** t = k t + s y⊗z and its squares, and with w, w + b t + c u⊗v; where there is one row only, it hardly counts. */
const influence =
  (withWeights: boolean) =>
  (of: Given): Arithmetic => {
    const size = of('m') * of('n');
    const outer = of('oneHot') === 0 ? size : of('n');
    return withWeights
      ? [2 * size + size + 2 * outer, 2 * size + 2 * outer]
      : [2 * size + outer, size + outer];
  };
/** As many products as terms. */
const terms = (of: Given): Arithmetic => {
  const size = of('m') * of('n');
  const others = ['y', 'z', 'u'].filter((name) => of(name) !== 0).length;
  return [(1 + others) * size, others * size];
};
/** The weights, and one trace or two, each a sum of terms. */
const moved = (of: Given): Arithmetic => {
  const size = of('m') * of('n');
  const outer = of('u') === 0 ? 0 : size;
  return of('r') === 0 ? [4 * size + outer, 2 * size + outer] : [9 * size + outer, 6 * size + outer];
};

/** The arithmetic of each instruction. Functions count as those of the polynomials in functions32.ts. */
const arithmetic: Readonly<Partial<Record<wasm.OpName, (of: Given) => Arithmetic>>> = {
  ...{ copy: none, neg: none, floor: none, binade: none, fill: none, maximum: none, select: none, max: none },
  ...{
    greater: none,
    greaters: none,
    lessers: none,
    argmax: none,
    strided: none,
    gather: none,
    panels: none,
  },
  ...{ call: none, norm: none, mend: none },
  ...{ exp: each(11, 10), tanh: each(10, 13, 1), sigmoid: each(11, 11, 1), log: each(14, 12) },
  ...{ reciprocal: each(0, 0, 1), sqrt: each(0, 0, 0, 1), square: each(1, 0) },
  ...{ add: each(0, 1), sub: each(0, 1), adds: each(0, 1) },
  ...{ mul: each(1, 0), muls: each(1, 0), strongmul: each(1, 0), strongmuls: each(1, 0) },
  ...{ div: each(0, 0, 1), divs: each(0, 0, 1), strongdiv: each(0, 0, 1), strongdivs: each(0, 0, 1) },
  ...{ axpb: each(1, 1), axpby: each(2, 1), axpbypcz: each(3, 2) },
  ...{ add1: () => [0, 1], mul1: () => [1, 0], div1: () => [0, 0, 1] },
  ...{ reciprocal1: () => [0, 0, 1], sqrt1: () => [0, 0, 0, 1] },
  ...{ outer: matrix(1, 0), rank1: matrix(2, 1), rank1two: matrix(3, 2), squares: matrix(1, 1) },
  ...{ strongouter: matrix(1, 0), strongrank1: matrix(2, 1), strongrank1two: matrix(3, 2) },
  lines: terms,
  traces: moved,
  ...{ rowadd: each(1, 1), rowdot: each(1, 1), dot: each(1, 1) },
  ...{ bilinear: matrix(1, 1), strongbilinear: matrix(1, 1) },
  ...{ matvec: product(1), matvect: product(1), matvec2: product(2), matvect2: product(2) },
  gemm: (of) => [of('m') * of('n') * of('k'), of('m') * of('n') * of('k')],
  ...{ sum: added, cumsum: added },
  scatteradd: (of) => [0, of('count') * of('width')],
  ...{ adam: each(8, 4, 1, 1), rmsprop: each(4, 3, 1, 1) },
  ...{ rank1norm: influence(false), strongrank1norm: influence(false) },
  ...{ rank1pair: influence(true), strongrank1pair: influence(true) },
};

/** The instructions that run others. */
const holders: readonly wasm.OpName[] = ['tiles', 'loop', 'repeat'];

/** The instructions without a count: functions that no case of the benchmark has. */
export const uncounted = Object.keys(wasm.operands).filter(
  (name) => !(name in arithmetic) && !(holders as readonly string[]).includes(name),
);

/** The work of one run of a plan. */
export function workOf({ instructions, outputs }: Pick<Plan, 'instructions' | 'outputs'>): Work {
  const sum = [0, 0, 0, 0];
  const traffic = new Traffic();
  for (const instruction of instructions) {
    for (const [one, times] of unfolded(instruction)) {
      arithmeticOf(one).forEach((value = 0, i) => {
        sum[i] += times * value;
      });
      traffic.add(one, times);
    }
  }
  const [products, sums, quotients, roots] = sum;
  return { products, sums, quotients, roots, ...traffic.total(outputs) };
}

/** The instructions that an instruction runs, and how often each. */
function unfolded({ operation, operands, body, ...rest }: Instruction): (readonly [Instruction, number])[] {
  if (body === undefined) return [[{ operation, operands, ...rest }, 1]];
  const times = operation === 'repeat' ? (operands[0] as number) : 1;
  return body.map((member) => [member, times]);
}

function arithmeticOf({ operation, operands }: Instruction): Arithmetic {
  const count = arithmetic[operation];
  if (count === undefined) throw new Error(`roofline: the operations of ${operation} are not counted`);
  const names: readonly string[] = wasm.operands[operation];
  return count((name) => {
    const operand = operands[names.indexOf(name)];
    return typeof operand === 'number' ? operand : 1;
  });
}

const bytesOf = { float32: 4, float64: 8, int32: 4 } as const;

/** Operands of which an instruction touches some rows only: how many elements. */
const partial: Readonly<Partial<Record<wasm.OpName, Readonly<Record<string, (of: Given) => number>>>>> = {
  gather: { x: (of) => of('count') * of('width') },
  rowadd: { out: (of) => of('n') },
  rowdot: { d: (of) => of('n') },
};

/** Operands that an instruction changes, and has once. */
const changed: Readonly<Partial<Record<wasm.OpName, readonly string[]>>> = {
  adam: ['w', 'm', 'v'],
  rmsprop: ['w', 'v'],
  rowadd: ['out'],
  traces: ['w', 't', 'r'],
  ...{ rank1norm: ['t'], strongrank1norm: ['t'], rank1pair: ['w', 't'], strongrank1pair: ['w', 't'] },
};

/** The buffers that instructions touch: what has to come from memory, and what has to go there. */
class Traffic {
  readonly #made = new Set<Buffer>();
  readonly #read = new Map<Buffer, number>();
  readonly #written = new Map<Buffer, number>();

  add({ operation, operands }: Instruction, times: number): void {
    const names: readonly string[] = wasm.operands[operation];
    const of: Given = (name) => Number(operands[names.indexOf(name)]);
    const isAdded = names.includes('accumulate') && of('accumulate') === 1;
    const touched = operands.flatMap((operand, i) => {
      const buffer = bufferOf(operand);
      if (buffer === undefined) return [];
      const part = partial[operation]?.[names[i]];
      const bytes = bytesOf[buffer.dtype] * (part === undefined ? buffer.size : part(of) * times);
      const isFirst = i < (wasm.written[operation] ?? 1);
      const isChanged = changed[operation]?.includes(names[i]) ?? (isFirst && isAdded);
      return { buffer, bytes, isRead: !isFirst || isChanged, isWritten: isFirst || isChanged };
    });
    for (const { buffer, bytes, isRead } of touched)
      if (isRead && !this.#made.has(buffer)) note(this.#read, buffer, bytes);
    for (const { buffer, bytes, isWritten } of touched) {
      if (!isWritten) continue;
      if (!this.#read.has(buffer)) this.#made.add(buffer);
      note(this.#written, buffer, bytes);
    }
  }

  total(outputs: readonly Buffer[]): Pick<Work, 'read' | 'written'> {
    const sum = (all: ReadonlyMap<Buffer, number>, isOne: (buffer: Buffer) => boolean) =>
      [...all].reduce((total, [buffer, bytes]) => total + (isOne(buffer) ? bytes : 0), 0);
    const stays = (buffer: Buffer) => this.#read.has(buffer) || outputs.includes(buffer);
    return { read: sum(this.#read, () => true), written: sum(this.#written, stays) };
  }
}

/** No more than all of a buffer is touched. */
function note(all: Map<Buffer, number>, buffer: Buffer, bytes: number): void {
  all.set(buffer, Math.min(bytesOf[buffer.dtype] * buffer.size, (all.get(buffer) ?? 0) + bytes));
}

function bufferOf(operand: Operand): Buffer | undefined {
  if (typeof operand === 'number' || 'register' in operand) return undefined;
  return 'shift' in operand ? operand.buffer : operand;
}

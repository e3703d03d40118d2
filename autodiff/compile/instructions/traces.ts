import type { Assembler } from './assembler.ts';
import {
  type Buffer,
  buffersIn,
  type Instruction,
  type InstructionOperand,
  readsOf,
  writtenBy,
} from './instruction.ts';
import { isBuffer, scaledIn } from './lines.ts';

type Words = readonly InstructionOperand[];

/** The operands of an instruction `lines`. */
interface Lines {
  readonly at: number;
  readonly out: InstructionOperand;
  /** The numbers of rows and columns, and whether the factors are those of columns. */
  readonly form: Words;
  readonly terms: readonly {
    readonly by: InstructionOperand;
    readonly x: InstructionOperand;
    readonly factors: InstructionOperand;
  }[];
  /** A coefficient and two vectors; zeros if there are none. */
  readonly product: Words;
}

/** A trace that moves on: E ← k∘E, or k∘E + l∘F, and a product with the right factor that W has too. */
interface Carried {
  /** The instructions that it takes. */
  readonly at: readonly number[];
  readonly trace: InstructionOperand;
  readonly factors: Words;
  readonly product: Words;
}

/**
 * A matrix that moves along its traces, and these as they move on, in one pass over memory:
 *
 *     W ← a W + b d∘E + c u⊗v        E ← k∘E + s y⊗v
 *
 * or with two traces of which each takes part in the next of both, such as those on h and c of an LSTM.
 */
export function fuseTraces(
  instructions: readonly Instruction[],
  uses: ReadonlyMap<Buffer, number>,
  assembler: Assembler,
): readonly Instruction[] {
  let list = instructions;
  for (let at = 0; at < list.length; at++) {
    const moved = linesOf(list, at);
    const carried = moved && carriedBy(list, moved, uses, assembler);
    if (moved === undefined || carried === undefined || !canMove(list, at, carried)) continue;
    const gone = carried.flatMap((own) => own.at);
    list = list
      .map((own, i) => (i === at ? fused(moved, carried, own.dtype) : own))
      .filter((_, i) => !gone.includes(i));
  }
  return list;
}

function linesOf(list: readonly Instruction[], at: number): Lines | undefined {
  const { operation, operands } = list[at];
  if (operation !== 'lines') return undefined;
  const [out, rows, columns, isByColumns, ...words] = operands;
  const terms = [0, 3, 6].flatMap((begin) => {
    const [by, x, factors] = words.slice(begin, begin + 3);
    return by === 0 ? [] : { by, x, factors };
  });
  return { at, out, form: [rows, columns, isByColumns], terms, product: words.slice(9) };
}

/** The traces that W moves along, if W ← a W + b d∘E … is of this form, and they move on later. */
function carriedBy(
  list: readonly Instruction[],
  moved: Lines,
  uses: ReadonlyMap<Buffer, number>,
  assembler: Assembler,
): Carried[] | undefined {
  const [own, ...along] = moved.terms;
  if (own.x !== moved.out || own.factors !== 0 || along.length === 0) return undefined;
  if (along.some(({ factors, x }) => factors === 0 || x === moved.out)) return undefined;
  const traces = along.map(({ x }) => x);
  if (new Set(traces).size < traces.length) return undefined;
  const carried = traces.map((trace) => movedOn(list, moved, trace, traces, uses, assembler));
  return carried.includes(undefined) ? undefined : (carried as Carried[]);
}

/** How a trace moves on after W did. */
function movedOn(
  list: readonly Instruction[],
  { at, form, product }: Lines,
  trace: InstructionOperand,
  traces: Words,
  uses: ReadonlyMap<Buffer, number>,
  assembler: Assembler,
): Carried | undefined {
  const end = list.findIndex((one, i) => i > at && one.operands[0] === trace);
  const next = end < 0 ? undefined : linesOf(list, end);
  const isOne = (by: InstructionOperand) => isBuffer(by) && assembler.number(by) === 1;
  if (
    next === undefined ||
    next.terms.length !== traces.length ||
    next.terms.some(({ by }) => !isOne(by)) ||
    next.form.some((word, i) => word !== form[i]) ||
    // Both products have the same right factor, or both are missing.
    next.product[2] !== product[2]
  )
    return undefined;
  const parts = next.terms.map(({ x, factors }) => {
    if (factors !== 0) return { x, factors, at: [] };
    // It is computed before, because the trace that it comes from moved on in between.
    if (!isBuffer(x) || x.pinned || uses.get(x) !== 2) return undefined;
    const maker = list.findIndex((one) => writtenBy(one).includes(x));
    const scaled = maker < 0 || maker > end ? undefined : scaledIn(list[maker]);
    const isOfForm =
      scaled &&
      [scaled.rows, scaled.columns, Number(scaled.isByColumns)].every((word, k) => word === form[k]);
    return isOfForm ? { x: scaled.matrix, factors: scaled.factors, at: [maker] } : undefined;
  });
  const factors = traces.map((own) => parts.find((part) => part?.x === own)?.factors);
  if (factors.includes(undefined)) return undefined;
  return {
    at: [end, ...parts.flatMap((part) => part?.at ?? [])],
    trace,
    factors: factors as Words,
    product: next.product,
  };
}

/**
 * Whether the traces can move on when W moves: what the instructions read that are taken has the same values there,
 * and nothing in between uses a trace.
 */
function canMove(list: readonly Instruction[], at: number, carried: readonly Carried[]): boolean {
  const taken = carried.flatMap((own) => own.at);
  const makers = carried.flatMap((own) => own.at.slice(1)).flatMap((maker) => writtenBy(list[maker]));
  return taken.every((from) => {
    const reads = readsOf(list[from]).filter((own) => !makers.includes(own));
    const out = list[from].operands[0];
    const [begin, end] = from < at ? [from + 1, at] : [at, from];
    return list
      .slice(begin, end)
      .every(
        (one, i) =>
          writtenBy(one).every((own) => !reads.includes(own)) &&
          (begin + i === at || taken.includes(begin + i) || buffersIn(one).every((own) => own !== out)),
      );
  });
}

function fused(moved: Lines, carried: readonly Carried[], dtype: Instruction['dtype']): Instruction {
  const [own, first, second] = moved.terms;
  const [one, two] = carried;
  const zeros = [0, 0];
  return {
    operation: 'traces',
    dtype,
    operands: [
      ...[moved.out, one.trace, two?.trace ?? 0, ...moved.form],
      ...[own.by, first.by, first.factors, ...(second === undefined ? zeros : [second.by, second.factors])],
      ...moved.product,
      ...[one.factors[0], one.factors[1] ?? 0, ...one.product.slice(0, 2)],
      ...(two === undefined ? [0, 0, 0, 0] : [...two.factors, ...two.product.slice(0, 2)]),
    ],
  };
}

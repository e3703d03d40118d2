import { guard, type Tensor, wasm } from '../../../lib/index.ts';
import type { Equation } from '../../symbol.ts';
import type { Program } from './program.ts';

/**
 * How products of derivative rules are taken where 0 meets infinity or NaN.
 *
 * - none: they are NaN, other than elementwise ones, which cost nothing.
 * - factored: they are 0, and multiplied in the order of `none`, so that finite results are the same bits. A
 *   factor that was moved out of a product or sum may still meet infinity first.
 * - whole: they are 0 just as the program says, with whatever has to be written out for that.
 */
export type Care = (typeof cares)[number];

const cares = ['none', 'factored', 'whole'] as const;

/**
 * The way a program is run, over and over. By default it runs as a whole, on what was written into its
 * inputs.
 */
export interface Schedule {
  /**
   * For outputs that replace an input in place, the index of that input: what carries over from one run to
   * the next.
   */
  readonly updates?: ReadonlyMap<number, number>;
  /**
   * For a program that runs in parts, as its inputs come in: the outputs of each part, by their indices. The
   * last part does all the rest. An output of an earlier part is none of those that replace an input.
   */
  readonly stages?: readonly (readonly number[])[];
  /** Whether sums of products may be rounded once instead of twice: as the option of `compile`. */
  readonly relaxedSimd?: wasm.RelaxedSimd;
  /**
   * 'whole' by default. With less, the caller looks whether what carries over is finite, and runs the program
   * with more where it is not.
   */
  readonly care?: Care;
  /** Inputs with a replacement that hold nothing but zeros; what stays zero is not computed. */
  readonly zeros?: readonly number[];
}

/** @throws ConfigurationError for a schedule that does not fit its program (from untyped code). */
export function requireSchedule({ inputs, outputs }: Program, schedule: Schedule, who: string): void {
  const isInput = (at: unknown) =>
    Number.isInteger(at) && (at as number) >= 0 && (at as number) < inputs.length;
  const isOutput = (at: unknown) =>
    Number.isInteger(at) && (at as number) >= 0 && (at as number) < outputs.length;
  guard.options(who, schedule, {
    updates: {
      what: 'a Map from outputs to inputs of their type, by their indices',
      holds: (value) =>
        value instanceof Map &&
        [...value].every(
          ([at, input]) => isOutput(at) && isInput(input) && isLike(outputs[at], inputs[input]),
        ),
    },
    stages: {
      what: 'a list of lists of outputs, by their indices',
      holds: (value) =>
        guard.listOf('', guard.listOf('', isOutput).holds).holds(value) && (value as unknown[]).length > 0,
    },
    relaxedSimd: wasm.relaxedSimdChoice,
    care: guard.oneOf(...cares),
    zeros: guard.listOf('a list of inputs, by their indices', isInput),
  });
}

/** Whether one can be written where the other was: with more elements it would run over what lies behind. */
function isLike(a: Tensor, b: Tensor): boolean {
  return a.dtype === b.dtype && a.size === b.size;
}

/** The equations of each part of a program, in their order, every one in the first part that needs it. */
export function equationsOf({ equations, outputs }: Program, { stages = [[]] }: Schedule): Equation[][] {
  const makers = new Map<Tensor, Equation>(equations.map((equation) => [equation.result, equation]));
  const placed = new Set<Equation>();
  return stages.map((given, stage) => {
    if (stage === stages.length - 1) return equations.filter((equation) => !placed.has(equation));
    const own = new Set<Equation>();
    const require = (x: Tensor): void => {
      const maker = makers.get(x);
      if (maker === undefined || placed.has(maker) || own.has(maker)) return;
      own.add(maker);
      maker.operands.forEach(require);
    };
    for (const at of given) require(outputs[at]);
    for (const equation of own) placed.add(equation);
    return equations.filter((equation) => own.has(equation));
  });
}

import type { DType } from '../../lib/index.ts';
import { Assembler, type Buffer, encode, type Instruction, layOut } from './assembler.ts';
import { fuse } from './fuse.ts';
import { Lowering } from './lower.ts';
import type { IndexBound } from './origins.ts';
import { pairProducts } from './pair.ts';
import type { Program } from './program.ts';
import { type Care, equationsOf, type Schedule } from './schedule.ts';
import { showsNaN } from './shows.ts';
import { putOut, replaceInputs } from './write.ts';

/** A program as instructions over one arena. */
export interface Plan {
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly constants: Assembler['constants'];
  /** What must be checked before each part runs. */
  readonly bounds: readonly (readonly IndexBound[])[];
  /** The inputs that the plan counts on to be zero. */
  readonly zeros: readonly number[];
  readonly instructions: readonly Instruction[];
  /** The instructions as words for the machine; the bodies of tiles follow. */
  readonly words: Int32Array;
  /** Where they begin: with what computes, from what is written into inputs, whatever else carries over from run to run. */
  readonly opening: number;
  /** Where the machine stops after the opening, and after each part. */
  readonly ends: readonly number[];
  /** The size of the arena in bytes. */
  readonly bytes: number;
}

/**
 * Lays a program out.
 *
 * @param reserved how many bytes at the beginning of the arena are the machine's own.
 * @throws NotPlannable for a primitive without a kernel.
 */
export function planOf(
  program: Program,
  schedule: Schedule,
  opcodeOf: (operation: string, dtype: DType) => number,
  reserved: number,
): Plan {
  const { assembler, inputs, outputs, parts, carried, bounds, zeros } = lower(program, schedule, schedule.zeros ?? []);
  const opening = carried.map(
    ({ norm, x, m, n }): Instruction => ({ operation: 'squares', dtype: x.dtype, operands: [norm, x, m, n] }),
  );
  const instructions = parts.flat();
  const pinned = [...new Set([...assembler.constants.keys(), ...inputs, ...outputs, ...carried.map(({ norm }) => norm)])];
  const begin = layOut(reserved, pinned, instructions);
  const { words, ends } = encode(begin, [opening, ...parts], opcodeOf);
  const { constants } = assembler;
  const bytes = begin + words.byteLength;
  return { inputs, outputs, constants, bounds, zeros, instructions, words, opening: begin, ends, bytes };
}

type Lowered = Pick<Plan, 'inputs' | 'outputs' | 'bounds' | 'zeros'> & {
  readonly assembler: Assembler;
  readonly carried: Lowering['carried'];
  readonly parts: readonly (readonly Instruction[])[];
};

/** The care that the schedule asks for, or more where the caller would not see what it is to look for. */
function careOf(program: Program, { care = 'whole', updates = new Map<number, number>() }: Schedule): Care {
  return care === 'whole' || showsNaN(program, new Set(updates.keys())) ? care : 'whole';
}

/** The instructions of each part. Where some of the zeros do not stay zero, they are not counted on. */
function lower(program: Program, schedule: Schedule, zeros: readonly number[]): Lowered {
  const { updates = new Map<number, number>(), stages = [[]] } = schedule;
  const assembler = new Assembler();
  const inputs = program.inputs.map((input) => assembler.buffer(input.dtype, input.size, true));
  const outputs = new Array<Buffer>(program.outputs.length);
  const lowering = new Lowering(program, inputs, assembler, careOf(program, schedule), zeros);
  for (const [at, input] of updates) outputs[at] = inputs[input];
  const replaced = new Set([...updates.values()].map((input) => inputs[input]));
  const replacements = [...updates]
    .filter(([, input]) => !zeros.includes(input))
    .map(([at, input]) => ({ target: inputs[input], tensor: program.outputs[at] }));
  const left = () => [...program.outputs.keys()].filter((at) => outputs[at] === undefined);
  const parts: Instruction[][] = [];
  const bounds: (readonly IndexBound[])[] = [];
  equationsOf(program, schedule).forEach((equations, stage) => {
    lowering.lower(equations);
    const given = stage < stages.length - 1 ? stages[stage] : left();
    for (const at of given) outputs[at] = putOut(lowering, program.outputs[at], replaced);
    if (stage === stages.length - 1) replaceInputs(lowering, replacements);
    parts.push(pairProducts(assembler.instructions.splice(0), new Set(inputs)));
    bounds.push(lowering.origins.bounds.splice(0));
  });
  const stay = zeros.filter((input) => [...updates].some(([at, to]) => to === input && lowering.isZero(program.outputs[at])));
  if (stay.length < zeros.length) return lower(program, schedule, stay);
  const { carried } = lowering;
  const norms = new Set<unknown>(carried.map(({ norm }) => norm));
  const needed = parts.map((part) => part.filter(({ operation, operands: [out] }) => operation !== 'dot' || !norms.has(out)));
  return { assembler, inputs, outputs, parts: fuse(needed, assembler), carried, bounds, zeros };
}

import type { DType } from '../../lib/index.ts';
import { Assembler, type Buffer, encode, type Instruction, layOut } from './assembler.ts';
import { fuse } from './fuse.ts';
import { Lowering } from './lower.ts';
import type { IndexBound } from './origins.ts';
import { pairProducts } from './pair.ts';
import type { Program } from './program.ts';
import { equationsOf, type Schedule } from './schedule.ts';
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
  /** Everything that the machine runs, from the address `begin` on. */
  readonly words: Int32Array;
  readonly begin: number;
  readonly code: Code;
  /** Where it was asked for and differs: the code without strong products of matrices and vectors, which are the ordinary ones there. */
  readonly quick: Code | undefined;
  /** The size of the arena in bytes. */
  readonly bytes: number;
}

/** Instructions as words for the machine; the bodies of tiles follow. */
interface Code {
  /** Where they begin: with what computes, from what is written into inputs, whatever else carries over from run to run. */
  readonly opening: number;
  /** Where the machine stops after the opening, and after each part. */
  readonly ends: readonly number[];
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
  const whole = encode(begin, [opening, ...parts], opcodeOf);
  const next = begin + whole.words.byteLength;
  const ordinary = parts.map(withoutStrength);
  const isOther = ordinary.some((part, i) => part.length < parts[i].length || part.some((one, at) => one !== parts[i][at]));
  const other = schedule.quick && isOther ? encode(next, [opening, ...ordinary], opcodeOf) : undefined;
  const words = Int32Array.from([...whole.words, ...(other?.words ?? [])]);
  const { constants } = assembler;
  return {
    ...{ inputs, outputs, constants, bounds, zeros, instructions, words, begin },
    code: { opening: begin, ends: whole.ends },
    quick: other && { opening: next, ends: other.ends },
    bytes: begin + words.byteLength,
  };
}

/** The instructions with ordinary products of matrices and vectors in place of strong ones: the same results where all numbers are finite. */
function withoutStrength(instructions: readonly Instruction[]): readonly Instruction[] {
  return instructions.flatMap((instruction) => {
    const { operation } = instruction;
    if (operation === 'mend') return [];
    // An elementwise strong product takes no longer than an ordinary one.
    return operation.startsWith('strong') && operation !== 'strongmul'
      ? { ...instruction, operation: operation.slice('strong'.length) }
      : instruction;
  });
}

type Lowered = Pick<Plan, 'inputs' | 'outputs' | 'bounds' | 'zeros'> & {
  readonly assembler: Assembler;
  readonly carried: Lowering['carried'];
  readonly parts: readonly (readonly Instruction[])[];
};

/** The instructions of each part. Where some of the zeros do not stay zero, they are not counted on. */
function lower(program: Program, schedule: Schedule, zeros: readonly number[]): Lowered {
  const { updates = new Map<number, number>(), stages = [[]] } = schedule;
  const assembler = new Assembler();
  const inputs = program.inputs.map((input) => assembler.buffer(input.dtype, input.size, true));
  const outputs = new Array<Buffer>(program.outputs.length);
  const lowering = new Lowering(program, inputs, assembler, zeros);
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

import { wasm } from '../../lib/index.ts';
import type { Program } from './equations/program.ts';
import { type Care, equationsOf, type Schedule } from './equations/schedule.ts';
import { showsNaN } from './equations/shows.ts';
import { layOut } from './instructions/arena.ts';
import { Assembler } from './instructions/assembler.ts';
import { encode } from './instructions/encode.ts';
import { type Buffer, type Call, countUses, type Instruction } from './instructions/instruction.ts';
import { panelsIn } from './instructions/panels.ts';
import { placesIn } from './instructions/places.ts';
import { type Pass, passes } from './passes.ts';
import type { IndexBound } from './terms/indices.ts';
import { Lowering } from './terms/lowering.ts';
import { repeat } from './terms/repeat.ts';
import type { Part } from './terms/write.ts';

/** A program as instructions over one arena. */
export interface Plan {
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly constants: Assembler['constants'];
  /** The indices to check before each part runs. */
  readonly bounds: readonly (readonly IndexBound[])[];
  /** The inputs that the plan counts on to be zero. */
  readonly zeros: readonly number[];
  readonly instructions: readonly Instruction[];
  /** The instructions as words for the machine; the bodies of tiles follow. */
  readonly words: Int32Array;
  /** The calls that the words refer to by number. */
  readonly calls: readonly Call[];
  /** The loops that the words refer to by number. */
  readonly loops: readonly wasm.Loop[];
  /**
   * The address of the first word. They begin with an opening, which computes what carries over from run to
   * run from what was written into inputs.
   */
  readonly opening: number;
  /** The addresses at which the opening and each part end. */
  readonly ends: readonly number[];
  /** The size of the arena in bytes. */
  readonly bytes: number;
}

/** Called after each pass with the plan so far. */
export type Watch = (pass: Pass<unknown>, draft: Draft) => void;

/** A plan under construction. */
interface Draft {
  readonly lowering: Lowering;
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly parts: readonly (readonly Instruction[])[];
  readonly bounds: Plan['bounds'];
  readonly zeros: readonly number[];
}

/** Lays a program out. */
export function planOf(program: Program, schedule: Schedule, watch: Watch = () => {}): Plan {
  let draft = lower(program, schedule, schedule.zeros ?? [], watch);
  for (const pass of passes.instructions) {
    draft = { ...draft, parts: after(pass, draft) };
    watch(pass, draft);
  }
  const { lowering, inputs, outputs, parts, bounds, zeros } = draft;
  const { assembler, carried } = lowering;
  const { constants } = assembler;
  const opening = carried.flatMap(({ norm, x, m, n, count }) =>
    repeat(norm, count, 'squares', [{ buffer: x, stride: m * n }], [m, n]),
  );
  const instructions = parts.flat();
  const pinned = [
    ...new Set([...constants.keys(), ...inputs, ...outputs, ...carried.map(({ norm }) => norm)]),
  ];
  const begin = layOut(wasm.reservedBytes, pinned, instructions);
  const { words, ends, calls, loops } = encode(begin, [opening, ...parts]);
  const bytes = begin + words.byteLength;
  return {
    inputs,
    outputs,
    constants,
    bounds,
    zeros,
    instructions,
    words,
    calls,
    loops,
    opening: begin,
    ends,
    bytes,
  };
}

function after(
  { run }: (typeof passes.instructions)[number],
  { lowering, inputs, parts }: Draft,
): Draft['parts'] {
  const { assembler, carried } = lowering;
  let uses: ReadonlyMap<Buffer, number> | undefined;
  let places: ReturnType<typeof placesIn> | undefined;
  let panels: ReturnType<typeof panelsIn> | undefined;
  const surroundings = {
    assembler,
    carried,
    inputs: new Set(inputs),
    // Few passes ask; those that do ask for each part.
    get uses() {
      uses ??= countUses(parts.flat());
      return uses;
    },
    get places() {
      places ??= placesIn(parts);
      return places;
    },
    get panels() {
      panels ??= panelsIn(parts, assembler);
      return panels;
    },
  };
  return parts.map((part) => run(part, surroundings));
}

/** The care that the schedule asks for, or more where the caller would not see what it is to look for. */
function careOf(program: Program, { care = 'whole', updates = new Map<number, number>() }: Schedule): Care {
  return care === 'whole' || showsNaN(program, new Set(updates.keys())) ? care : 'whole';
}

/**
 * The instructions of each part, from the equations. Where some of the zeros do not stay zero, they are not
 * counted on.
 */
function lower(program: Program, schedule: Schedule, zeros: readonly number[], watch: Watch): Draft {
  const { updates = new Map<number, number>(), stages = [[]] } = schedule;
  const assembler = new Assembler();
  const inputs = program.inputs.map((input) => assembler.buffer(input.dtype, input.size, true));
  const lowering = new Lowering(program, inputs, assembler, careOf(program, schedule), zeros);
  const places = new Array<Buffer>(program.outputs.length);
  for (const [at, input] of updates) places[at] = inputs[input];
  const replaced = new Set([...updates.values()].map((input) => inputs[input]));
  const replacements = [...updates]
    .filter(([, input]) => !zeros.includes(input))
    .map(([at, input]) => ({ target: inputs[input], tensor: program.outputs[at] }));
  const early = new Set(stages.slice(0, -1).flat());
  const late = [...program.outputs.keys()].filter((at) => !early.has(at) && !updates.has(at));
  const bounds: (readonly IndexBound[])[] = [];
  const parts: Instruction[][] = [];
  const drafted = { lowering, inputs, outputs: places, parts, bounds, zeros };
  for (const [stage, equations] of equationsOf(program, schedule).entries()) {
    const isLast = stage === stages.length - 1;
    const outputs = isLast ? late : stages[stage];
    const part: Part = {
      lowering,
      program,
      equations,
      outputs,
      replacements: isLast ? replacements : [],
      replaced,
      places,
    };
    for (const pass of passes.terms) {
      pass.run(part);
      watch(pass, { ...drafted, parts: [...parts, assembler.instructions] });
    }
    parts.push(assembler.instructions.splice(0));
    bounds.push(lowering.indices.bounds.splice(0));
  }
  const stay = zeros.filter((input) =>
    [...updates].some(([at, to]) => to === input && lowering.isZero(program.outputs[at])),
  );
  return stay.length < zeros.length ? lower(program, schedule, stay, watch) : drafted;
}

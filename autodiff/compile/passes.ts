import { withoutAdjoints } from './equations/adjoint.ts';
import type { Program } from './equations/program.ts';
import { withSumsOfProducts } from './equations/sums.ts';
import { withoutDead, withoutRepeats } from './equations/tidy.ts';
import type { Assembler } from './instructions/assembler.ts';
import { type Buffer, type Instruction, writtenBy } from './instructions/instruction.ts';
import { fuseLines } from './instructions/lines.ts';
import { asLoop } from './instructions/loops.ts';
import { asOptimizers } from './instructions/optimizers.ts';
import { pairProducts } from './instructions/pair.ts';
import { type panelsIn, withPanels } from './instructions/panels.ts';
import { inPlaces, type placesIn } from './instructions/places.ts';
import { assignRegisters } from './instructions/registers.ts';
import { asSingle } from './instructions/single.ts';
import { groupIntoTiles } from './instructions/tiles.ts';
import { fuseTraces } from './instructions/traces.ts';
import type { Lowering } from './terms/lowering.ts';
import { type Part, replaceInputs, writeOutputs } from './terms/write.ts';

/** One step on the way from a recorded program to a plan. */
export interface Pass<F> {
  readonly name: string;
  readonly why: string;
  readonly run: F;
}

/** The surroundings of a part's instructions, which a pass may look at. */
interface Surroundings {
  readonly assembler: Assembler;
  readonly inputs: ReadonlySet<Buffer>;
  /** Sums of squares that the plan carries over from run to run. */
  readonly carried: Lowering['carried'];
  /** The number of uses of each buffer in the whole plan. */
  readonly uses: ReadonlyMap<Buffer, number>;
  /** The arrays of the whole plan that can be computed where they are copied to. */
  readonly places: ReturnType<typeof placesIn>;
  /** The products of the whole plan that read a matrix in panels. */
  readonly panels: ReturnType<typeof panelsIn>;
}

/** From equations to equations. */
const equations: readonly Pass<(program: Program) => Program>[] = [
  { name: 'repeats', why: 'An equation that is written twice is computed once.', run: withoutRepeats },
  { name: 'dead ends', why: 'An equation that leads to no output is not computed.', run: withoutDead },
  {
    name: 'adjoints',
    why: '<Aᵀd, s> is <d, A s>: UORO needs no product with a transposed matrix.',
    run: withoutAdjoints,
  },
  {
    name: 'sums',
    why: 'The gradient of a matrix over a window, or over lanes, is one product of two matrices.',
    run: withSumsOfProducts,
  },
  { name: 'repeats again', why: 'The passes before wrote some equations anew.', run: withoutRepeats },
  { name: 'dead ends again', why: 'The equations that these replaced lead nowhere now.', run: withoutDead },
];

/** From equations to instructions, part by part. */
const terms: readonly Pass<(part: Part) => void>[] = [
  {
    name: 'terms',
    why: 'Each equation by its row of the table. Sums and gradients stay factored, as u ⊗ v, until something needs their elements.',
    run: ({ lowering, equations: own }) => lowering.lower(own),
  },
  { name: 'outputs', why: 'What is read after the run is written out.', run: writeOutputs },
  {
    name: 'updates',
    why: 'What replaces an input is written over it: W, its influence θ̃ and |θ̃|² in one pass over memory.',
    run: replaceInputs,
  },
];

/** From instructions to instructions. */
const instructions: readonly Pass<
  (part: readonly Instruction[], surroundings: Surroundings) => readonly Instruction[]
>[] = [
  {
    name: 'pairs',
    why: 'Two products with one matrix read it once: the step W h and its tangent W s̃.',
    run: (part, { inputs }) => pairProducts(part, inputs),
  },
  {
    name: 'norms',
    why: 'A norm that the last run left behind is not computed again.',
    run: (part, { carried }) => part.filter((one) => carried.every(({ norm }) => norm !== writtenBy(one)[0])),
  },
  {
    name: 'lines',
    why: 'Rows or columns are scaled in the pass that adds them up.',
    run: (part, { uses, assembler }) => fuseLines(part, uses, assembler),
  },
  {
    name: 'traces',
    why: 'A matrix moves along its traces, and they move on, in one pass over memory.',
    run: (part, { uses, assembler }) => fuseTraces(part, uses, assembler),
  },
  {
    name: 'tiles',
    why: 'Elementwise work on long arrays is one pass over memory, in tiles that stay in the cache.',
    run: groupIntoTiles,
  },
  {
    name: 'optimisers',
    why: 'A tile that is an update by Adam or RMSprop has a kernel of its own.',
    run: (part, { uses, assembler }) => asOptimizers(part, uses, assembler),
  },
  {
    name: 'loops',
    why: 'A tile of arithmetic is compiled to one loop, which reads and writes each array once.',
    run: (part, { uses }) => part.map((one) => asLoop(one, uses)),
  },
  {
    name: 'registers',
    why: 'What the members of a tile pass on to each other is not written to memory.',
    run: (part, { uses }) => part.map((one) => assignRegisters(one, uses)),
  },
  {
    name: 'single numbers',
    why: 'Arithmetic on one number has kernels without a loop.',
    run: (part) => part.map(asSingle),
  },
  {
    name: 'panels',
    why: 'A matrix that several products multiply with, such as the weights at each step of a window, is packed once.',
    run: (part, { panels }) => withPanels(part, panels),
  },
  {
    name: 'places',
    why: 'What is put side by side, such as the cotangents of a window, is computed there.',
    run: (part, { places }) => inPlaces(part, places),
  },
];

/** The compiler: every pass in order. */
export const passes = { equations, terms, instructions } as const;

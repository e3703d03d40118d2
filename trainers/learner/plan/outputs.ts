import type { Execution } from '../../../autodiff/index.ts';
import { allocate, ConfigurationError, fromData, type Tensor, type TypedArray } from '../../../lib/index.ts';

/** The destination of losses. Returning a number would allocate an object at every step. */
export type Losses = Float32Array | Float64Array;

/** The destination of outputs: nowhere, kept to be read later, or a list, one step after the other. */
export type OutputsTo = 'nowhere' | 'kept' | Float32Array | Float64Array;

/** Number of runs that share a block of memory, and so one allocation. */
const runs = 32;

/** Where outputs of a plan are read. */
type Written = Pick<Execution, 'output' | 'program'>;

/**
 * The outputs of a plan for the systems, copied run by run so that they can be read after the plan overwrites
 * them.
 */
export class Outputs {
  readonly #runner: Written;
  readonly #at: readonly number[];
  readonly #views: readonly TypedArray[];
  #blocks: readonly TypedArray[] = [];
  #used = runs;

  /** @param at the indices of the outputs. */
  constructor(runner: Written, at: readonly number[]) {
    this.#runner = runner;
    this.#at = at;
    this.#views = at.map((own) => runner.output(own));
  }

  /** @throws ConfigurationError if a list has no room for its part `at`. */
  requireRoom(to: OutputsTo, at: number): void {
    requireRoom(to, at, this.#views);
  }

  /**
   * Copies the current outputs into the part `at` of a list, or, to keep them, for a function that makes
   * tensors.
   */
  give(to: OutputsTo, at: number): (() => Tensor[]) | undefined {
    if (to === 'kept') return this.#keep();
    writeOutputs(to, at, this.#views);
    return undefined;
  }

  #keep(): () => Tensor[] {
    const views = this.#views;
    if (this.#used === runs) {
      this.#blocks = this.#at.map((at) => {
        const { dtype, size } = this.#runner.program.outputs[at];
        return allocate(dtype, runs * size);
      });
      this.#used = 0;
    }
    const run = this.#used++;
    for (let i = 0; i < views.length; i++) this.#blocks[i].set(views[i], run * views[i].length);
    const blocks = this.#blocks;
    return () => this.#tensors(blocks, run);
  }

  #tensors(blocks: readonly TypedArray[], run: number): Tensor[] {
    return this.#at.map((at, i) => {
      const { shape, size } = this.#runner.program.outputs[at];
      // Slices, so that a kept tensor does not retain the whole block.
      return fromData(blocks[i].slice(run * size, (run + 1) * size) as TypedArray, [...shape]);
    });
  }
}

/** @throws ConfigurationError if a list has no room for its part `at` with all of these numbers. */
export function requireRoom(to: OutputsTo, at: number, made: readonly TypedArray[]): void {
  if (typeof to === 'string') return;
  const size = sizeOf(made);
  if (to.length < (at + 1) * size)
    throw new ConfigurationError(
      `stepMany: a prediction has ${size} numbers, and the list for outputs has ${to.length}; give one of ${size} for each step`,
    );
}

/** Writes the part `at` of a list. */
export function writeOutputs(to: OutputsTo, at: number, made: readonly TypedArray[]): void {
  if (typeof to === 'string') return;
  let place = at * sizeOf(made);
  for (let i = 0; i < made.length; i++) {
    to.set(made[i], place);
    place += made[i].length;
  }
}

function sizeOf(made: readonly TypedArray[]): number {
  let size = 0;
  for (let i = 0; i < made.length; i++) size += made[i].length;
  return size;
}

import type { Execution } from '../../autodiff/index.ts';
import { allocate, ConfigurationError, fromData, type Tensor, type TypedArray } from '../../lib/index.ts';
import type { OutputsTo } from './engine.ts';

/** How many runs share a block of memory: one allocation and one object of the runtime for all of them. */
const runs = 32;

/** What a plan puts out for the systems, run by run, kept for whoever asks later, when the plan has long written over it. */
export class Outputs {
  readonly #runner: Execution;
  readonly #at: readonly number[];
  readonly #views: readonly TypedArray[];
  #blocks: readonly TypedArray[] = [];
  #used = runs;

  /** @param at which outputs. */
  constructor(runner: Execution, at: readonly number[]) {
    this.#runner = runner;
    this.#at = at;
    this.#views = at.map((own) => runner.output(own));
  }

  /** @throws ConfigurationError where a list has no room for its part `at`. */
  requireRoom(to: OutputsTo, at: number): void {
    requireRoom(to, at, this.#views);
  }

  /** Copies the outputs as they are now, as the part `at` of a list; or, when they are to be kept, for tensors of the copies. */
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
      // Slices, so that a tensor that is kept does not hold on to the whole block.
      return fromData(blocks[i].slice(run * size, (run + 1) * size) as TypedArray, [...shape]);
    });
  }
}

/** @throws ConfigurationError where a list has no room for its part `at`, which takes all of these. */
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

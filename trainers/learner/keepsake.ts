import type { Runner } from '../../autodiff/index.ts';
import { allocate, fromData, type Tensor, type TypedArray } from '../../lib/index.ts';

/** How many runs share a block of memory: one allocation and one object of the runtime for all of them. */
const runs = 32;

/** Keeps what a plan put out, run by run, for whoever asks for it later, when the plan has long written over it. */
export class Keepsake {
  readonly #runner: Runner;
  readonly #at: readonly number[];
  #blocks: readonly TypedArray[] = [];
  #used = runs;

  /** @param at which outputs. */
  constructor(runner: Runner, at: readonly number[]) {
    this.#runner = runner;
    this.#at = at;
  }

  /** Copies the outputs as they are now; the result makes tensors of the copies. */
  keep(): () => Tensor[] {
    const outputs = this.#at;
    if (this.#used === runs) {
      this.#blocks = outputs.map((at) => {
        const { dtype, size } = this.#runner.program.outputs[at];
        return allocate(dtype, runs * size);
      });
      this.#used = 0;
    }
    const run = this.#used++;
    for (let i = 0; i < outputs.length; i++) {
      const values = this.#runner.output(outputs[i]);
      this.#blocks[i].set(values, run * values.length);
    }
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

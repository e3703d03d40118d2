import { concat, Execution, matmul, mean, reshape, square, sub, sum, trace } from '../../autodiff/index.ts';
import type { FloatDType, TypedArray } from '../../lib/index.ts';

/** Sums over the elements of a block of the parameters at one step, g being the exact gradient there. */
export interface Moments {
  /** |g|². */
  exact: number;
  /** |ḡ - g|² of the mean ḡ of the copies. */
  distance: number;
  /** Σ|ĝ - ḡ|² over the copies. */
  spread: number;
  /** ⟨ĝ, g⟩ and |ĝ|² of each copy. */
  readonly products: Float64Array;
  readonly squares: Float64Array;
}

export function noMoments(copies: number): Moments {
  const none = () => new Float64Array(copies);
  return { exact: 0, distance: 0, spread: 0, products: none(), squares: none() };
}

/** A plan for the moments of each leaf: a probe takes them for every parameter of every copy, at every step. */
export class MomentsPlan {
  readonly #runner: Execution;
  readonly #copies: number;
  /** Where the estimates go, by leaf and copy. */
  readonly #rows: readonly (readonly TypedArray[])[];

  /** @param sizes of the leaves. */
  constructor(sizes: readonly number[], copies: number, dtype: FloatDType) {
    const { program } = trace('moments', (declare) => {
      const truths = sizes.map((size) => declare({ shape: [size], dtype }));
      const all = sizes.map((size) => declare({ shape: [copies, size], dtype }));
      const one = { shape: [1] };
      return all.map((estimates, leaf) => {
        const truth = truths[leaf];
        const average = mean(estimates, { axes: [0] });
        const figures = [
          sum(square(truth)),
          sum(square(sub(average, truth))),
          sum(square(sub(estimates, average))),
        ].map((figure) => reshape(figure, one.shape));
        return concat([...figures, matmul(estimates, truth), sum(square(estimates), { axes: [1] })]);
      });
    });
    this.#runner = new Execution(program);
    this.#copies = copies;
    this.#rows = sizes.map((size, leaf) =>
      Array.from({ length: copies }, (_, i) =>
        this.#runner.input(sizes.length + leaf).subarray(i * size, (i + 1) * size),
      ),
    );
  }

  /** Computes the moments of each leaf into `parts`, and their sums into `all`. */
  run(
    exact: readonly TypedArray[],
    estimates: readonly (readonly TypedArray[])[],
    parts: readonly Moments[],
    all: Moments,
  ): void {
    const [runner, copies] = [this.#runner, this.#copies];
    for (let leaf = 0; leaf < exact.length; leaf++) {
      runner.input(leaf).set(exact[leaf]);
      const rows = this.#rows[leaf];
      for (let i = 0; i < copies; i++) rows[i].set(estimates[i][leaf]);
    }
    runner.run();
    Object.assign(all, { exact: 0, distance: 0, spread: 0 });
    all.products.fill(0);
    all.squares.fill(0);
    for (let leaf = 0; leaf < exact.length; leaf++) {
      const [part, figures] = [parts[leaf], runner.output(leaf)];
      all.exact += part.exact = figures[0];
      all.distance += part.distance = figures[1];
      all.spread += part.spread = figures[2];
      for (let i = 0; i < copies; i++) {
        all.products[i] += part.products[i] = figures[3 + i];
        all.squares[i] += part.squares[i] = figures[3 + copies + i];
      }
    }
  }
}

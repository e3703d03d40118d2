import { dataOf, type Shape, sizeOf, type Tensor } from '../../lib/index.ts';
import { SymbolTensor } from '../symbol.ts';
import { NotPlannable } from './not-plannable.ts';

/** An input whose values point into rows, to be checked before a plan runs. */
export interface IndexBound {
  readonly input: number;
  readonly rows: number;
  readonly operation: string;
  /** Which elements of the input; all of them when undefined. */
  readonly positions: readonly number[] | undefined;
}

interface Origin {
  readonly input: number;
  /** The elements of the input, in the order of the tensor that repeats them; all in order when undefined. */
  readonly positions?: readonly number[];
}

/** Which inputs the int32 tensors of a program come from, element by element: a plan checks no index once it runs. */
export class Origins {
  readonly bounds: IndexBound[] = [];
  readonly #origins = new Map<Tensor, Origin>();
  readonly #noted = new Set<string>();

  declare(x: Tensor, input: number): void {
    this.#origins.set(x, { input });
  }

  /** `to` has elements of `from`: `move` gives their positions in the order of `to`. */
  inherit(from: Tensor, to: Tensor, move: (positions: readonly number[]) => readonly number[]): void {
    const origin = this.#origins.get(from);
    if (origin === undefined) return;
    this.#origins.set(to, {
      input: origin.input,
      positions: move(origin.positions ?? Array.from({ length: from.size }, (_, at) => at)),
    });
  }

  /** Notes what must be checked. @throws NotPlannable for an index that is computed, or a constant that is out of range. */
  requireRange(ids: Tensor, rows: number, operation: string): void {
    const origin = this.#origins.get(ids);
    if (origin !== undefined) {
      const positions = origin.positions && [...new Set(origin.positions)];
      // What takes a row apart again, such as the transpose of a gather, needs no check of its own.
      const key = `${origin.input}:${rows}:${positions ?? ''}`;
      if (!this.#noted.has(key)) this.bounds.push({ input: origin.input, positions, rows, operation });
      this.#noted.add(key);
    } else if (ids instanceof SymbolTensor) throw new NotPlannable(`${operation} by an index that is computed`);
    else if (dataOf(ids).some((row) => row < 0 || row >= rows))
      throw new NotPlannable(`${operation} by a constant index out of range`);
  }
}

/** The element numbers that a view of the given shape visits, in row-major order. */
export function walk(shape: Shape, strides: readonly number[], shift: number): number[] {
  return shape.reduce<number[]>(
    (places, length, axis) => places.flatMap((at) => Array.from({ length }, (_, i) => at + i * strides[axis])),
    [shift],
  );
}

/** The positions of some rows of a tensor of the given shape. */
export function rowsOf(positions: readonly number[], rows: ArrayLike<number>, shape: Shape): number[] {
  const width = sizeOf(shape.slice(1));
  return Array.from(rows).flatMap((row) => positions.slice(row * width, (row + 1) * width));
}

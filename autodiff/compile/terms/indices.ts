import { dataOf, type Tensor } from '../../../lib/index.ts';
import type { Parameters } from '../../primitive.ts';
import { type Equation, SymbolTensor } from '../../symbol.ts';
import type { Row } from '../../table/row.ts';

/** An input whose values point into rows, to be checked before a plan runs. */
export interface IndexBound {
  readonly input: number;
  readonly rows: number;
  readonly operation: string;
  /** Which elements of the input; all of them when undefined. */
  readonly positions: readonly number[] | undefined;
}

/**
 * Where the elements of the int32 tensors of a program come from: a plan checks no index once it runs, so it
 * has to check its inputs.
 *
 * Each element has a code: 1 + its number among the elements of all int32 inputs, -1 - its value where it is
 * a constant, and 0 where it is computed.
 */
export class Indices {
  readonly bounds: IndexBound[] = [];
  readonly #codes = new Map<Tensor, Int32Array>();
  readonly #inputs: { readonly input: number; readonly first: number; readonly size: number }[] = [];
  /** For each element of the inputs, its input's place in `#inputs`. */
  readonly #owners: number[] = [];
  readonly #noted = new Set<string>();

  declare(x: Tensor, input: number): void {
    const first = this.#owners.length;
    for (let at = 0; at < x.size; at++) this.#owners.push(this.#inputs.length);
    this.#inputs.push({ input, first, size: x.size });
    this.#codes.set(
      x,
      Int32Array.from({ length: x.size }, (_, at) => 1 + first + at),
    );
  }

  /** Follows the elements through an equation that only moves them. */
  follow({ primitive, operands, parameters, result }: Equation, row: Row<Parameters>): void {
    if (result.dtype !== 'int32' || !row.moves || primitive.kind === 'custom') return;
    const sets = operands.map((x) => this.#codesOf(x));
    if (sets[0] === undefined) return;
    // Where one of several may be meant, it counts as computed.
    const union = (codes: Iterable<number>) => {
      const [only = 0, ...others] = new Set(codes);
      return others.length === 0 ? only : 0;
    };
    this.#codes.set(result, row.reaches({ operands, sets, type: result, union }, parameters));
  }

  /**
   * Notes what must be checked before a run. Returns false for an index that is computed, or a constant that
   * is out of range.
   */
  requireRange(ids: Tensor, rows: number, operation: string): boolean {
    const codes = this.#codesOf(ids);
    if (codes === undefined || codes.some((code) => code === 0 || -1 - code >= rows)) return false;
    const byInput = new Map<number, number[]>();
    for (const code of new Set(codes)) {
      const owner = this.#owners[code - 1];
      if (owner === undefined) continue;
      const own = byInput.get(owner) ?? [];
      own.push(code - 1 - this.#inputs[owner].first);
      byInput.set(owner, own);
    }
    for (const [owner, own] of [...byInput].sort(([a], [b]) => a - b)) {
      const { input, size } = this.#inputs[owner];
      const isWhole = own.length === size && own.every((at, i) => at === i);
      const positions = isWhole ? undefined : own;
      // An operation that takes a row apart again, such as the transpose of a gather, needs no check of its own.
      const key = `${input}:${rows}:${positions ?? ''}`;
      if (!this.#noted.has(key)) this.bounds.push({ input, positions, rows, operation });
      this.#noted.add(key);
    }
    return true;
  }

  #codesOf(x: Tensor): Int32Array | undefined {
    const known = this.#codes.get(x);
    if (known !== undefined || x.dtype !== 'int32' || x instanceof SymbolTensor) return known;
    const codes = Int32Array.from(dataOf(x), (value) => (value < 0 ? 0 : -1 - value));
    this.#codes.set(x, codes);
    return codes;
  }
}

import {
  type DType,
  dataOf,
  formatShape,
  fromData,
  kernels,
  type NdArray,
  ones,
  type Shape,
  type Tensor,
  type TypedArray,
  UnknownValueError,
  zeros,
} from '../../lib/index.ts';
import { bind, InterpretedTensor } from '../bind.ts';
import { where } from '../operations/index.ts';
import type { Parameters, Primitive, TensorType } from '../primitive.ts';
import { add } from '../primitives/add.ts';
import { div } from '../primitives/div.ts';
import { scatterAdd, select } from '../primitives/indexed.ts';
import * as linear from '../primitives/linear.ts';
import { matmul } from '../primitives/matmul.ts';
import { mul } from '../primitives/mul.ts';
import { rowOf } from '../table/index.ts';
import { type Chain, type Link, lengthOf, type Matrix, samePlaces } from './chain.ts';
import { columnOf, pick } from './pick.ts';

/** Sums with more summands are not followed. */
const mostChains = 32;

/** Products of more matrices are not followed: an entry of them takes a product of matrices. */
const longest = 2;

/**
 * A cotangent that stands for as many as there are rows: a matrix [rows, elements], as a sum of chains.
 * Pulling one back follows the structure of a Jacobian without computing it; single entries are computed
 * when they are picked. Unknown (`chains` undefined) where an operation is none that chains follow.
 */
export class ChainTensor extends InterpretedTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly rows: number;
  /** Finds the chains when they are first needed: most cotangents of parameters are never looked at. */
  readonly #find: () => readonly Chain[] | undefined;
  #found: { readonly chains: readonly Chain[] | undefined } | undefined;
  /** Above every differentiation and trace: all other operands are coefficients. */
  readonly level = Number.POSITIVE_INFINITY;

  constructor(type: TensorType, rows: number, find: () => readonly Chain[] | undefined) {
    super();
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.rows = rows;
    this.#find = find;
  }

  get chains(): readonly Chain[] | undefined {
    if (this.#found === undefined) {
      const chains = this.#find();
      this.#found = {
        chains: chains !== undefined && chains.length > mostChains ? undefined : chains,
      };
    }
    return this.#found.chains;
  }

  /** The unit cotangents of a tensor, one for each of its elements. */
  static units(type: Tensor): ChainTensor {
    const places = Int32Array.from({ length: type.size }, (_, i) => i);
    return new ChainTensor(type, type.size, () => [
      { kind: 'link', places, factor: undefined, before: undefined },
    ]);
  }

  /**
   * The entries M[rows[l], elements[l]] as a vector; a row of -1 stands for 0. undefined if they are unknown.
   */
  entries(rows: Int32Array, elements: Int32Array): Tensor | undefined {
    const picked = this.chains?.map((chain) => pick(chain, rows, elements, this.dtype));
    if (picked === undefined || picked.includes(undefined)) return undefined;
    const known = picked.filter((part) => part !== undefined && part !== 'zero') as Tensor[];
    if (known.length === 0) return zeros([rows.length], { dtype: this.dtype });
    return known.reduce((sum, part) => bind(add, [sum, part]));
  }

  /** @throws UnknownValueError always. */
  toNdarray(): NdArray<TypedArray> {
    throw new UnknownValueError('chains: a value is read, where only products of matrices are known');
  }

  override toString(): string {
    return `${this.rows} cotangents of ${this.dtype}${formatShape(this.shape)}`;
  }

  override toJSON(): object {
    return { dtype: this.dtype, shape: [...this.shape] };
  }

  override interpret(primitive: Primitive, operands: readonly Tensor[], parameters: Parameters): ChainTensor {
    const type = primitive.type(operands, parameters);
    return new ChainTensor(type, this.rows, () => {
      const at = operands.findIndex((operand) => operand instanceof ChainTensor);
      const [own, other] = [operands[at], operands[1 - at]] as ChainTensor[];
      if (primitive === add) return other instanceof ChainTensor ? united(own, other) : undefined;
      if (operands.some((x, i) => i !== at && x instanceof ChainTensor)) return undefined;
      const chains = own.chains?.map((chain): Chain | undefined => {
        const on = (x: Tensor) => bind(primitive, operands.with(at, x), parameters);
        if (chain.kind === 'outer') return { ...chain, row: on(chain.row) };
        return extended(chain, own, {
          primitive,
          operands,
          parameters,
          at,
          type,
          on,
        });
      });
      const known = chains?.filter((chain) => chain !== undefined);
      return known?.length === chains?.length ? known && merged(known) : undefined;
    });
  }
}

function united(a: ChainTensor, b: ChainTensor): readonly Chain[] | undefined {
  return a.chains && b.chains && merged([...a.chains, ...b.chains]);
}

/** One operation on a chain's elements. */
interface Operation {
  readonly primitive: Primitive;
  readonly operands: readonly Tensor[];
  readonly parameters: Parameters;
  /** Which operand the chain is. */
  readonly at: number;
  readonly type: TensorType;
  /** The operation with a coefficient in the place of the chain. */
  on(x: Tensor): Tensor;
}

function extended(link: Link, own: ChainTensor, operation: Operation): Chain | undefined {
  const { primitive, operands, at, type, on } = operation;
  const { factor } = link;
  const one = () => ones(own.shape, { dtype: own.dtype as 'float32' | 'float64' });
  const isFirst = at === 0;
  if (primitive === mul) {
    const other = operands[1 - at];
    return { ...link, factor: factor === undefined ? other : on(factor) };
  }
  if (primitive === linear.scale || primitive === select || (primitive === div && isFirst))
    return { ...link, factor: on(factor ?? one()) };
  if (primitive === matmul) return multiplied(link, own, operation);
  if (primitive === linear.sum) return summed(link, own, operation);
  const moved = movedPlaces(link.places, operation);
  if (moved === undefined) return undefined;
  const places = type.shape.length === 0 && moved.length === 0 ? Int32Array.of(-1) : moved;
  return {
    ...link,
    places,
    factor: primitive === scatterAdd ? addedFactor(link, places, on, one) : factor && on(factor),
  };
}

/** The factor after elements were added up: their number where they have none, and several meet. */
function addedFactor(
  link: Link,
  next: Int32Array,
  on: (x: Tensor) => Tensor,
  one: () => Tensor,
): Tensor | undefined {
  const placed = (places: Int32Array) => places.filter((place) => place >= 0).length;
  const isApart = placed(next) === placed(link.places);
  return placedFactor(link.factor === undefined && !isApart ? { ...link, factor: one() } : link, on);
}

/** The factor after an operation that adds elements up, to which those without a place add nothing. */
function placedFactor({ places, factor }: Link, on: (x: Tensor) => Tensor): Tensor | undefined {
  if (factor === undefined || !places.includes(-1)) return factor && on(factor);
  const isPlaced = fromData(
    places.map((place) => Number(place >= 0)),
    factor.shape,
  );
  return on(where(isPlaced, factor, 0));
}

/** The places after an operation that only moves elements; undefined where it adds up elements of several places. */
function movedPlaces(places: Int32Array, { primitive, operands, parameters, at, type }: Operation) {
  const row = rowOf(primitive);
  if (row === undefined || (row.moves === undefined && primitive !== scatterAdd) || at !== 0)
    return undefined;
  let isKnown = true;
  const union = () => {
    isKnown = false;
    return 0;
  };
  const sets = [places.map((place) => place + 1)];
  const moved = row.reaches({ operands, sets, type, union }, parameters);
  return isKnown ? moved.map((set) => set - 1) : undefined;
}

/** A vector times a matrix is the next link; a vector of one row times one of one column is spread out. */
function multiplied(link: Link, own: ChainTensor, operation: Operation): Chain | undefined {
  const { operands, parameters, at, type, on } = operation;
  if (type.shape.length !== 2) return undefined;
  const flags = parameters as {
    readonly transposeLeft: boolean;
    readonly transposeRight: boolean;
  };
  const isLeft = at === 0;
  const turned = isLeft ? flags.transposeLeft : flags.transposeRight;
  const [rows, columns] = turned ? own.shape.toReversed() : own.shape;
  const [outer, inner] = isLeft ? [rows, columns] : [columns, rows];
  const other = operands[1 - at];
  if (inner === 1) {
    const [, width] = type.shape;
    const places = Int32Array.from({ length: type.shape[0] * width }, (_, i) =>
      isLeft ? link.places[Math.floor(i / width)] : link.places[i % width],
    );
    const one = ones(own.shape, { dtype: own.dtype as 'float32' | 'float64' });
    return { ...link, places, factor: on(link.factor ?? one) };
  }
  if (outer !== 1) return undefined;
  // z·Y for a row z, and (X·z)ᵀ = zᵀ·Xᵀ for a column.
  const isTransposed = isLeft ? flags.transposeRight : !flags.transposeLeft;
  return next(link, { values: other, isTransposed }, type);
}

function next(link: Link, matrix: Matrix, { shape }: TensorType): Link | undefined {
  if (lengthOf(link) === longest) return undefined;
  const size = shape.reduce((product, length) => product * length, 1);
  const places = Int32Array.from({ length: size }, (_, i) => i);
  return { kind: 'link', places, factor: undefined, before: { link, matrix } };
}

/**
 * A sum over axes that have one element other than zero moves it. A sum of everything makes the matrix an outer
 * product. Any other is a product with a matrix of ones and zeros.
 */
function summed(link: Link, own: ChainTensor, operation: Operation): Chain | undefined {
  const { parameters, type, on } = operation;
  const { axes } = parameters as { readonly axes: readonly number[] };
  const { size, shape, dtype } = own;
  const cells = type.shape.reduce((product, length) => product * length, 1);
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const numbers = fromData(
    Int32Array.from({ length: size }, (_, i) => i),
    shape,
  );
  const run = cells === 0 ? 0 : size / cells;
  const order = dataOf(kernels.permute(numbers, [...kept, ...axes]));
  const used = Array.from({ length: cells }, (_, cell) =>
    Array.from(order.slice(cell * run, (cell + 1) * run)).filter((element) => link.places[element] >= 0),
  );
  if (used.every(({ length }) => length <= 1)) {
    const places = Int32Array.from(used, ([element]) => (element === undefined ? -1 : link.places[element]));
    return { ...link, places, factor: placedFactor(link, on) };
  }
  if (cells === 1) {
    const one = ones(type.shape, { dtype: dtype as 'float32' | 'float64' });
    return { kind: 'outer', column: columnOf(link, own.rows, dtype), row: one };
  }
  const data = dtype === 'float32' ? new Float32Array(size * cells) : new Float64Array(size * cells);
  for (const [cell, elements] of used.entries())
    for (const element of elements) data[element * cells + cell] = 1;
  return next(link, { values: fromData(data, [size, cells]), isTransposed: false }, type);
}

/** Chains that differ in their last factors only are added up. */
function merged(chains: readonly Chain[]): Chain[] {
  const found: Chain[] = [];
  for (const chain of chains) {
    const at = found.findIndex((other) => isAlike(other, chain));
    if (at < 0) found.push(chain);
    else found[at] = sumOf(found[at] as Link, chain as Link);
  }
  return found;
}

function isAlike(a: Chain, b: Chain): boolean {
  return (
    a.kind === 'link' &&
    b.kind === 'link' &&
    a.before === b.before &&
    a.factor !== undefined &&
    b.factor !== undefined &&
    samePlaces(a.places, b.places)
  );
}

function sumOf(a: Link, b: Link): Link {
  return { ...a, factor: bind(add, [a.factor as Tensor, b.factor as Tensor]) };
}

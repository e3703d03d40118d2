import {
  dataOf,
  eye,
  type FloatDType,
  fromData,
  kernels,
  type Shape,
  sizeOf,
  type Tensor,
} from '../lib/index.ts';
import type { LinearProgram } from './linear-program.ts';
import { gather, mul, outer, reshape, scatterAdd, slice, transpose } from './operations/index.ts';
import { add } from './primitives/add.ts';
import { gather as rows } from './primitives/indexed.ts';
import * as linear from './primitives/linear.ts';
import { matmul } from './primitives/matmul.ts';
import type { Tangent } from './push-forward.ts';
import { hasHoles, movedBy, type View, whole } from './siteView.ts';
import { type Equation, SymbolTensor } from './symbol.ts';

/** A place where a leaf W is a factor of a product with a vector z: a_j = … + Σ_i W[i,j] z_i. */
export interface Site {
  /** Which leaf. */
  readonly leaf: number;
  /** The length of z. */
  readonly inputs: number;
  /**
   * For z_i and a_j, at i·units + j, the element of the leaf that is their factor, in row-major order; -1 for
   * that of another leaf.
   */
  readonly elements: Int32Array;
  /** The part of a's tangent that comes from the tangent of z: the same product with ż in the place of z. */
  readonly through: SymbolTensor | undefined;
  /** z at this point, of shape [inputs]. */
  z(): Tensor;
  /** z ⊗ a for such an a, [inputs, units]; a ⊗ z, [units, inputs], if it is turned. */
  times(a: Tensor, isTurned: boolean): Tensor;
}

/** Sites with the same a, and so with the same derivative ∂s'/∂a. */
export interface SiteGroup {
  /** The length of a. */
  readonly units: number;
  readonly sites: readonly Site[];
  /** The symbol that has a's tangent: its elements begin, begin + stride, … */
  readonly symbol: SymbolTensor;
  readonly begin: number;
  readonly stride: number;
}

export interface Sites {
  readonly groups: readonly SiteGroup[];
  /** The leaves that are used in another way, and so have no sites: element by element, say. */
  readonly otherwise: readonly number[];
}

/** One use, before the uses are grouped. */
interface Use extends Omit<SiteGroup, 'sites'> {
  readonly site: Omit<Site, 'through'>;
  /** The equation of the product. */
  readonly equation: Equation;
}

/**
 * Finds where the first leaves of a linear program are factors of products with vectors: `matmul(z, W)`,
 * `matmul(W, z)`, a row picked by an index (z is one-hot), or a summand such as a bias (z is 1). A leaf may
 * be sliced, transposed, reshaped, scaled and joined to others before; it may have several sites.
 * @param leaves how many of the inputs are looked at.
 * @param outputs those that count.
 */
export function sitesOf(program: LinearProgram, leaves: number, outputs: readonly Tangent[]): Sites {
  const equations = leadingTo(program.equations, outputs);
  const consumers = new Map<Tensor, Equation[]>();
  for (const equation of equations)
    for (const operand of equation.operands)
      if (isTangent(operand, program)) consumers.set(operand, [...(consumers.get(operand) ?? []), equation]);

  /** The uses of a view; undefined when one of them is of another kind. */
  const follow = (leaf: number, symbol: SymbolTensor, view: View): Use[] | undefined => {
    if (outputs.includes(symbol)) return undefined;
    const found = (consumers.get(symbol) ?? []).map((equation) => {
      const moved = movedBy(equation, view);
      if (moved !== undefined) return follow(leaf, equation.result, moved);
      // Tensors are joined by adding padded ones: what is added here may be a part of a matrix that is
      // multiplied later.
      const joined =
        equation.primitive === add && hasHoles(view) ? follow(leaf, equation.result, view) : undefined;
      return joined ?? usesOf(leaf, equation, symbol, view);
    });
    return found.every((own) => own !== undefined) ? found.flat() : undefined;
  };
  /** The last symbol that has the same cotangent: sums hand theirs on to each summand. */
  const sinkOf = (symbol: SymbolTensor): SymbolTensor => {
    const [next, ...others] = outputs.includes(symbol) ? [] : (consumers.get(symbol) ?? []);
    const isSame =
      next !== undefined &&
      others.length === 0 &&
      (next.primitive === add || next.primitive === linear.reshape);
    return isSame ? sinkOf(next.result) : symbol;
  };

  const producers = new Map<Tensor, Equation>(equations.map((equation) => [equation.result, equation]));
  /** The other half of the tangent of a product of two tensors that both have one: W·ż beside Ẇ·z. */
  const throughOf = ({ primitive, operands, result }: Equation): SymbolTensor | undefined => {
    if (primitive !== matmul) return undefined;
    const z = operands.find((operand) => !isTangent(operand, program));
    const halves = (consumers.get(result) ?? []).flatMap((equation) =>
      equation.primitive === add ? equation.operands : [],
    );
    const isOther = (half: Tensor) => {
      const own = producers.get(half);
      return own?.primitive === matmul && own.operands.some((x) => isTangent(x, program) && x.primal === z);
    };
    return halves.find((half): half is SymbolTensor => half !== result && isOther(half));
  };

  const found = program.inputs
    .slice(0, leaves)
    .map((symbol, leaf) => (symbol ? follow(leaf, symbol, whole(symbol)) : []));
  const uses = found
    .flatMap((own) => own ?? [])
    .map((use) => ({
      ...use,
      site: { ...use.site, through: throughOf(use.equation) },
      symbol: sinkOf(use.symbol),
    }));
  return {
    groups: grouped(uses),
    otherwise: found.flatMap((own, leaf) => (own === undefined ? [leaf] : [])),
  };
}

function grouped(uses: readonly (Use & { readonly site: Site })[]): SiteGroup[] {
  const groups = new Map<string, SiteGroup>();
  for (const { site, equation: _, ...group } of uses) {
    const key = `${group.symbol.id},${group.begin},${group.stride},${group.units}`;
    groups.set(key, { ...group, sites: [...(groups.get(key)?.sites ?? []), site] });
  }
  return [...groups.values()];
}

function leadingTo(equations: readonly Equation[], outputs: readonly Tangent[]): Equation[] {
  const needed = new Set<Tangent>(outputs);
  const live = equations.toReversed().filter(({ result, operands }) => {
    if (!needed.has(result)) return false;
    for (const operand of operands) needed.add(operand);
    return true;
  });
  return live.reverse();
}

function isTangent(operand: Tensor, program: LinearProgram): operand is SymbolTensor {
  return operand instanceof SymbolTensor && program.has(operand);
}

/**
 * The uses of a view by an equation that multiplies it with vectors, or adds it to something; undefined for
 * another use.
 */
function usesOf(leaf: number, equation: Equation, symbol: SymbolTensor, view: View): Use[] | undefined {
  // The sum and not the summand, which may be used elsewhere, and has a cotangent for all its uses.
  if (equation.primitive === add) return [{ ...summand(leaf, equation.result, view), equation }];
  // In a batch of products, a weight has no single z.
  if (equation.primitive === matmul && equation.result.shape.length === 3) return undefined;
  if (equation.primitive === matmul) return factors(leaf, equation, symbol, view);
  return equation.primitive === rows && !equation.parameters.batched
    ? picked(leaf, equation, view)
    : undefined;
}

function summand(leaf: number, symbol: SymbolTensor, { elements, factor }: View): Omit<Use, 'equation'> {
  const one = () => fromData(ofType(symbol, [factor]), [1]);
  const site = { leaf, inputs: 1, elements: fromOne(elements), ...byProduct(one) };
  return { site, symbol, units: symbol.size, begin: 0, stride: 1 };
}

function factors(leaf: number, equation: Equation, symbol: SymbolTensor, view: View): Use[] | undefined {
  const { operands, parameters, result } = equation;
  const [x, y] = operands;
  if (x === y) return undefined;
  const isLeft = x === symbol;
  const turn = (isTurned: boolean, matrix: Tensor) => (isTurned ? kernels.permute(matrix, [1, 0]) : matrix);
  const { transposeLeft, transposeRight } = parameters as { transposeLeft: boolean; transposeRight: boolean };
  // Of a_j = Σ_i W[i,j] z_i: W turned so that z's index comes first.
  const weights = turn(isLeft ? !transposeLeft : transposeRight, view.elements);
  const [inputs, units] = weights.shape;
  const [other, isAlongRows] = isLeft ? [y, transposeRight] : [x, !transposeLeft];
  const count = isLeft ? result.shape[1] : result.shape[0];
  return Array.from({ length: count }, (_, at) => ({
    site: {
      leaf,
      inputs,
      elements: fromOne(weights),
      ...byProduct(() => scaled(lineOf(other, isAlongRows, at, inputs), view)),
    },
    equation,
    symbol: result,
    units,
    begin: isLeft ? at : at * units,
    stride: isLeft ? count : 1,
  }));
}

/** Row `at` of a matrix, or column `at`, as a vector. */
function lineOf(matrix: Tensor, isRow: boolean, at: number, length: number): Tensor {
  const [rows, columns] = matrix.shape;
  if (matrix.size === length) return reshape(matrix, [length]);
  const block = isRow ? slice(matrix, [at, 0], [at + 1, columns]) : slice(matrix, [0, at], [rows, at + 1]);
  return reshape(block, [length]);
}

function picked(leaf: number, equation: Equation, view: View): Use[] {
  const {
    operands: [x, ids],
    result,
  } = equation;
  const [inputs] = x.shape;
  const units = sizeOf(x.shape.slice(1));
  const unit = (at: number) =>
    reshape(
      gather(eye(inputs, { dtype: x.dtype as FloatDType }), slice(reshape(ids, [ids.size]), [at], [at + 1])),
      [inputs],
    );
  const row = (at: number, a: Tensor) => {
    const id = slice(reshape(ids, [ids.size]), [at], [at + 1]);
    return scaled(scatterAdd(reshape(a, [1, units]), id, inputs), view);
  };
  return Array.from({ length: ids.size }, (_, at) => ({
    site: {
      leaf,
      inputs,
      elements: fromOne(view.elements),
      z: () => scaled(unit(at), view),
      times: (a: Tensor, isTurned: boolean) => (isTurned ? transpose(row(at, a)) : row(at, a)),
    },
    equation,
    symbol: result,
    units,
    begin: at * units,
    stride: 1,
  }));
}

/** A site with this z. */
function byProduct(z: () => Tensor): Pick<Site, 'z' | 'times'> {
  return {
    z,
    times: (a, isTurned) => (isTurned ? outer(a, z()) : outer(z(), a)),
  };
}

function scaled(z: Tensor, { factor }: View): Tensor {
  return factor === 1 ? z : mul(z, factor);
}

function fromOne(elements: Tensor): Int32Array {
  return (dataOf(elements) as Int32Array).map((element) => element - 1);
}

function ofType(
  { dtype }: { readonly dtype: string },
  values: readonly number[],
): Float32Array | Float64Array {
  return dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
}

/** The symbols through which tangents come to the products of all groups. */
export function throughSites(groups: readonly SiteGroup[]): readonly SymbolTensor[] {
  return groups.flatMap(({ sites }) => sites.flatMap(({ through }) => through ?? []));
}

/** The elements of a group in rows of such symbols' cotangents: [rows, units] from [rows, ...symbol]. */
export function unitsOf({ symbol, units, begin, stride }: SiteGroup, cotangents: Tensor): Tensor {
  const [count] = cotangents.shape;
  const shape: Shape = [count, symbol.size / stride, stride];
  if (symbol.size === units) return reshape(cotangents, [count, units]);
  if (stride > 1)
    return reshape(slice(reshape(cotangents, shape), [0, 0, begin], [count, units, begin + 1]), [
      count,
      units,
    ]);
  return slice(reshape(cotangents, [count, symbol.size]), [0, begin], [count, begin + units]);
}

import { type Shape, sameShape, type Tensor } from '../../../lib/index.ts';
import { bind } from '../../bind.ts';
import { add, concat, reshape, sum, transpose } from '../../operations/index.ts';
import type { Primitive } from '../../primitive.ts';
import * as sums from '../../primitives/add.ts';
import * as indexed from '../../primitives/indexed.ts';
import * as linear from '../../primitives/linear.ts';
import { matmul } from '../../primitives/matmul.ts';
import * as products from '../../primitives/mul.ts';
import type { Equation } from '../../symbol.ts';
import type { Program } from './program.ts';
import { replacing } from './replacing.ts';
import { deepest, isShallow } from './shallow.ts';

/** Aᵀ B, for two matrices with as many rows: the k rows of A and B are the factors of k outer products. */
interface Product {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly strong: boolean;
}

/** The rows of x are added to those that ids names. */
interface Scattered {
  readonly x: Tensor;
  readonly ids: Tensor;
  readonly size: number;
}

/**
 * The program with sums of products as products of longer matrices,
 *
 *     Σ_t A_tᵀ B_t = [A_1; A_2; …]ᵀ [B_1; B_2; …]
 *
 * over the time steps of a window, which are added up, and over the entries of a batch, such as lanes, which are
 * summed along their axis. The gradient of a matrix is such a sum, whatever the cell: T outer products pass over the
 * matrix T times, and one product once.
 */
export function withSumsOfProducts(program: Program): Program {
  const recorder = program.equations[0]?.result.recorder;
  if (recorder === undefined) return program;
  const makers = new Map<Tensor, Equation>(program.equations.map((own) => [own.result, own]));
  // Outputs do not count: asking for one must not change how another is rounded.
  const uses = new Map<Tensor, number>();
  const users = new Map<Tensor, Primitive>();
  for (const { primitive, operands } of program.equations)
    for (const operand of operands) {
      uses.set(operand, (uses.get(operand) ?? 0) + 1);
      users.set(operand, primitive);
    }
  const found = new Map<Tensor, Tensor>();
  /** The tensors behind the reshapes that are made here. */
  const shapes = new Map<Tensor, Tensor>();
  const from = recorder.equations.length;
  for (const equation of program.equations) {
    const { primitive, result } = equation;
    const isInner = uses.get(result) === 1 && users.get(result) === sums.add;
    const summed = primitive === sums.add && !isInner ? lowestOf(result) : result;
    const instead = isSumOfBatch(equation)
      ? batchSum(equation.operands[0])
      : primitive === sums.add && !isInner
        ? plainSum(summed)
        : undefined;
    if (instead !== undefined) found.set(summed, instead);
  }
  if (found.size === 0) return program;
  return replacing(found, {
    ...program,
    equations: [...program.equations, ...recorder.equations.slice(from)],
  });

  /** The summands of a tensor. A sum that others read too is one summand, as it has to be computed anyway. */
  function summandsOf(x: Tensor, isRoot = true): Tensor[] {
    const maker = makers.get(x);
    if (maker?.primitive !== sums.add || !(isRoot || uses.get(x) === 1)) return [x];
    return maker.operands.flatMap((operand) => summandsOf(operand, false));
  }

  /** Σ over the entries of a batch; undefined if nothing is gained. */
  function batchSum(x: Tensor): Tensor | undefined {
    const all: Product[] = [];
    const scattered: Scattered[] = [];
    const rest: Tensor[] = [];
    const done: Tensor[] = [];
    for (const summand of summandsOf(x, uses.get(x) === 1)) {
      const maker = uses.get(summand) === 1 ? makers.get(summand) : undefined;
      const product = maker && batchProduct(maker);
      const rows = maker && batchScatter(maker);
      const weighted = maker && batchWeighted(maker);
      if (product !== undefined) all.push(product);
      else if (rows !== undefined) scattered.push(rows);
      else if (weighted !== undefined) done.push(weighted);
      else rest.push(summand);
    }
    // Beside mixtures, such as the influences of lanes, these wait for what all of them change.
    const how = done.length > 0 ? factored : {};
    const parts = [...productsOf(all, how), ...scattersOf(scattered, how), ...done].map((part) =>
      reshape(part, x.shape.slice(1)),
    );
    if (parts.length === 0) return undefined;
    return rest.length === 0 ? parts.reduce(add) : [sum(rest.reduce(add), { axes: 0 }), ...parts].reduce(add);
  }

  /** A sum with more than one product among its summands; undefined for any other. */
  function plainSum(x: Tensor): Tensor | undefined {
    const summands = summandsOf(x);
    const makersOf = summands.filter(isProduct).map((own) => makers.get(own) as Equation);
    if (makersOf.length < 2) return undefined;
    const rest = summands.filter((own) => !isProduct(own));
    return [...rest, ...productsOf(makersOf.map(productOf))].reduce(add);
  }

  /**
   * The part of a sum with all of its products. What is added to it stays outside, so that a gradient that is written
   * out is the one that an optimiser uses.
   */
  function lowestOf(x: Tensor): Tensor {
    const all = productsIn(x);
    // A sum of fewer products is left as it is.
    if (all < 2) return x;
    const below = makers.get(x)?.operands.find((own) => isAddedOnce(own) && productsIn(own) === all);
    return below === undefined ? x : lowestOf(below);
  }

  /** The number of products among the summands of x. */
  function productsIn(x: Tensor): number {
    return summandsOf(x).filter(isProduct).length;
  }

  function isAddedOnce(x: Tensor): boolean {
    return makers.get(x)?.primitive === sums.add && uses.get(x) === 1;
  }

  function isProduct(x: Tensor): boolean {
    const maker = makers.get(x);
    return maker !== undefined && uses.get(x) === 1 && isShallowProduct(maker);
  }

  function productOf({ operands: [x, y], parameters }: Equation): Product {
    const { transposeLeft, transposeRight, strong = false } = parameters as Flags;
    return { a: transposeLeft ? x : turned(x), b: transposeRight ? turned(y) : y, strong };
  }

  /** x [L, …] times one number for each entry, summed over the entries: a row times a matrix. */
  function batchWeighted({ primitive, operands, parameters }: Equation): Tensor | undefined {
    if (primitive !== products.mul || parameters.strong === true) return undefined;
    for (const [at, operand] of operands.entries()) {
      const weights = makers.get(operand);
      const other = operands[1 - at];
      if (weights?.primitive !== linear.broadcast || other.shape.length < 2) continue;
      if (weights.operands[0].shape.length !== 1 || !sameAxes(weights.parameters.axes, other.shape)) continue;
      const [entries] = other.shape;
      const row = reshape(weights.operands[0], [1, entries]);
      return bind(matmul, [row, reshape(other, [entries, other.size / entries])], mixture);
    }
    return undefined;
  }

  /** The products of a batch, one below the other. */
  function batchProduct({ primitive, operands: [x, y], parameters, result }: Equation): Product | undefined {
    if (primitive !== matmul || result.shape.length !== 3) return undefined;
    const { transposeLeft, transposeRight, strong = false } = parameters as Flags;
    const below = (z: Tensor) => shaped(z, [z.shape[0] * z.shape[1], z.shape[2]]);
    return {
      a: below(transposeLeft ? x : turned(x)),
      b: below(transposeRight ? turned(y) : y),
      strong,
    };
  }

  function batchScatter({ primitive, operands: [x, ids], parameters }: Equation): Scattered | undefined {
    if (primitive !== indexed.scatterAdd || parameters.batched !== true) return undefined;
    const width = x.size / Math.max(1, ids.size);
    return {
      x: shaped(x, [ids.size, width]),
      ids: shaped(ids, [ids.size]),
      size: parameters.size as number,
    };
  }

  /** The transposed matrix, or each of a batch. A vector has the same elements either way round. */
  function turned(x: Tensor): Tensor {
    const [rows, columns] = x.shape.slice(-2);
    const batch = x.shape.slice(0, -2);
    if (rows === 1 || columns === 1) return shaped(x, [...batch, columns, rows]);
    return transpose(x, batch.length === 0 ? [1, 0] : [0, 2, 1]);
  }

  /** The tensor in another shape, made from the one behind any reshapes, so that several uses are one. */
  function shaped(x: Tensor, shape: Shape): Tensor {
    let plain = shapes.get(x) ?? x;
    for (let maker = makers.get(plain); maker?.primitive === linear.reshape; maker = makers.get(plain))
      [plain] = maker.operands;
    if (sameShape(plain.shape, shape)) return plain;
    const result = reshape(plain, shape);
    shapes.set(result, plain);
    return result;
  }
}

/** Keeps a result as its factors, for as long as nothing needs the elements. */
const factored = { factored: true } as const;
/** A row times a matrix: its rows, mixed. */
const mixture = { transposeLeft: false, transposeRight: false, ...factored };

/** Whether these are all axes but the first. */
function sameAxes(axes: unknown, shape: Shape): boolean {
  const own = axes as readonly number[];
  return own.length === shape.length - 1 && own.every((axis, i) => axis === i + 1);
}

/** A sum along the first axis alone. */
function isSumOfBatch({ primitive, operands: [x], parameters }: Equation): boolean {
  const axes = parameters.axes as readonly number[] | undefined;
  return primitive === linear.sum && axes?.length === 1 && axes[0] === 0 && x.shape.length > 1 && x.size > 0;
}

/** Whether it is a product whose factors are worth stacking. */
function isShallowProduct({ primitive, operands: [x], parameters, result }: Equation): boolean {
  if (primitive !== matmul || result.shape.length !== 2) return false;
  const [rows, columns] = result.shape;
  return isShallow(rows, columns, x.shape[parameters.transposeLeft ? 0 : 1]);
}

type Flags = { readonly transposeLeft: boolean; readonly transposeRight: boolean; readonly strong?: true };

/** The sums of products, of each kind together, as few products: those of one have `deepest` rows at most. */
function productsOf(all: readonly Product[], how: Partial<typeof factored> = {}): Tensor[] {
  return [true, false].flatMap((strong) => {
    const groups: Product[][] = [];
    let rows = deepest;
    for (const own of all.filter((product) => product.strong === strong)) {
      rows += own.a.shape[0];
      if (rows > deepest) {
        groups.push([]);
        rows = own.a.shape[0];
      }
      groups[groups.length - 1].push(own);
    }
    return groups.map((group) =>
      bind(matmul, [concat(group.map(({ a }) => a)), concat(group.map(({ b }) => b))], {
        transposeLeft: true,
        transposeRight: false,
        ...how,
        ...(strong ? { strong } : {}),
      }),
    );
  });
}

function scattersOf(all: readonly Scattered[], how: Partial<typeof factored>): Tensor[] {
  if (all.length === 0) return [];
  const [{ size }] = all;
  return [
    bind(indexed.scatterAdd, [concat(all.map(({ x }) => x)), concat(all.map(({ ids }) => ids))], {
      size,
      ...how,
    }),
  ];
}

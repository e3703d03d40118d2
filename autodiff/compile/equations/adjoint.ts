import type { Tensor } from '../../../lib/index.ts';
import { bind } from '../../bind.ts';
import { add, reshape } from '../../operations/index.ts';
import type { Parameters } from '../../primitive.ts';
import { add as sum } from '../../primitives/add.ts';
import * as linear from '../../primitives/linear.ts';
import { matmul } from '../../primitives/matmul.ts';
import type { Equation } from '../../symbol.ts';
import type { Program } from './program.ts';
import { replacing } from './replacing.ts';

/** A product of one matrix with a vector, or with each row of a matrix of vectors: of a batch. */
interface Product {
  readonly matrix: Tensor;
  readonly vectors: Tensor;
  readonly transposed: boolean;
}

/**
 * The program without products that an inner product can do without: <Aᵀd, s> = <d, A s> where A s is
 * computed anyway.
 *
 * In UORO the cotangent of the old state, which takes a product with every recurrent matrix, is needed only
 * for its inner product with s̃, and these matrices times s̃ (or what comes of it) are pushed anyway. The same for
 * the entries of a batch, such as lanes, each with its own d and s.
 */
export function withoutAdjoints(program: Program): Program {
  // One at a time: whether another can be moved depends on what this one has come to depend on.
  for (let current = program; ; ) {
    const next = withoutOne(current);
    if (next === undefined) return current;
    current = next;
  }
}

function withoutOne(program: Program): Program | undefined {
  const { equations, outputs } = program;
  const inners = equations.filter(isInnerProduct);
  if (inners.length === 0) return undefined;
  const makers = new Map<Tensor, Equation>(equations.map((equation) => [equation.result, equation]));
  const uses = new Map<Tensor, number>();
  for (const operand of [...equations.flatMap(({ operands }) => operands), ...outputs])
    uses.set(operand, (uses.get(operand) ?? 0) + 1);
  const products = equations.filter((equation) => productIn(equation) !== undefined);
  // Equations recorded here belong to the trace that the program comes from.
  const recorder = products[0]?.result.recorder;
  if (recorder === undefined) return undefined;
  const from = recorder.equations.length;
  for (const inner of inners) {
    const [x, y] = inner.operands.map((operand) => plain(operand, makers));
    const replaced = moved(x, y, inner) ?? moved(y, x, inner);
    if (replaced === undefined) continue;
    const result = reshape(replaced, inner.result.shape);
    return replacing(new Map([[inner.result, result]]), {
      ...program,
      equations: [...equations, ...recorder.equations.slice(from)],
    });
  }
  return undefined;

  /** <x, y> with the products moved to the other side; undefined when there are none to be saved. */
  function moved(x: Tensor, y: Tensor, inner: Equation): Tensor | undefined {
    const count = entriesOf(inner);
    const parts = termsOf(x, makers, uses).map((term) => ({ term, pair: partnerOf(term, y, inner) }));
    if (parts.every(({ pair }) => pair === undefined)) return undefined;
    return parts
      .map(({ term, pair }) =>
        pair === undefined ? productOf(term, y, {}, count) : productOf(...pair, count),
      )
      .reduce(add);
  }

  /**
   * For a term Aᵀd with no other use: d, A y where that is computed, and the parameters of the product Aᵀd.
   */
  function partnerOf(term: Tensor, y: Tensor, inner: Equation): [Tensor, Tensor, Parameters] | undefined {
    const maker = makers.get(term);
    const own = maker && productIn(maker);
    if (own === undefined || maker === undefined || uses.get(term) !== 1) return undefined;
    if (rowsOf(maker.result) !== (entriesOf(inner) ?? 1)) return undefined;
    const partner = products.find((equation) => {
      const other = productIn(equation) as Product;
      return (
        other.matrix === own.matrix &&
        other.transposed !== own.transposed &&
        plain(other.vectors, makers) === y &&
        !dependsOn(equation.result, inner.result, equations)
      );
    });
    return partner && [own.vectors, partner.result, maker.parameters];
  }
}

/**
 * <x, y>, of each of `count` entries if there are any, in which a zero is as strong as it was in the product that this
 * takes the place of.
 */
function productOf(x: Tensor, y: Tensor, { strong }: Parameters, count?: number): Tensor {
  const product = strong ? { ...rowByColumn, strong } : rowByColumn;
  const [axes, size] = count === undefined ? [[], x.size] : [[count], x.size / count];
  return bind(matmul, [reshape(x, [...axes, 1, size]), reshape(y, [...axes, size, 1])], product);
}

const rowByColumn = { transposeLeft: false, transposeRight: false };

/** A product of a matrix with a column, or with the rows of a matrix. */
function productIn({ primitive, operands: [x, y], parameters, result }: Equation): Product | undefined {
  if (primitive !== matmul || result.shape.length !== 2) return undefined;
  const { transposeLeft, transposeRight } = parameters;
  if (result.shape[1] === 1)
    return !transposeRight && x.size > y.size
      ? { matrix: x, vectors: y, transposed: transposeLeft === true }
      : undefined;
  if (transposeLeft || result.shape[0] === 1) return undefined;
  // Each row v of X is v W, which is Wᵀ v.
  return { matrix: y, vectors: x, transposed: transposeRight !== true };
}

/** The number of vectors that a product results in. */
function rowsOf({ shape: [rows, columns] }: Tensor): number {
  return columns === 1 ? 1 : rows;
}

/** A row times a column, which is one number, or of each entry of a batch. */
function isInnerProduct({ primitive, operands: [x], result: { shape } }: Equation): boolean {
  if (primitive !== matmul) return false;
  const [rows, columns] = shape.slice(-2);
  return rows === 1 && columns === 1 && x.shape[x.shape.length - 1] * x.shape[x.shape.length - 2] > 1;
}

/** The number of entries of a batch of inner products; undefined for one that is alone. */
function entriesOf({ result: { shape } }: Equation): number | undefined {
  return shape.length === 3 ? shape[0] : undefined;
}

/** The tensor behind any reshapes. */
function plain(x: Tensor, makers: ReadonlyMap<Tensor, Equation>): Tensor {
  const maker = makers.get(x);
  return maker?.primitive === linear.reshape ? plain(maker.operands[0], makers) : x;
}

/** The summands of a sum that has no other use. */
function termsOf(
  x: Tensor,
  makers: ReadonlyMap<Tensor, Equation>,
  uses: ReadonlyMap<Tensor, number>,
): Tensor[] {
  const maker = makers.get(x);
  if (maker === undefined || uses.get(x) !== 1) return [x];
  if (maker.primitive !== sum && maker.primitive !== linear.reshape) return [x];
  return maker.operands.flatMap((operand) => termsOf(operand, makers, uses));
}

function dependsOn(x: Tensor, on: Tensor, equations: readonly Equation[]): boolean {
  const reached = new Set<Tensor>([on]);
  for (const { operands, result } of equations)
    if (operands.some((operand) => reached.has(operand))) reached.add(result);
  return reached.has(x);
}

import type { Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { add, dot, reshape } from '../operations/index.ts';
import type { Parameters, Primitive } from '../primitive.ts';
import { add as sum } from '../primitives/add.ts';
import * as linear from '../primitives/linear.ts';
import { matmul } from '../primitives/matmul.ts';
import type { Equation } from '../symbol.ts';
import type { Program } from './program.ts';
import { replacing } from './replacing.ts';

/**
 * The program without products that an inner product can do without: <Aᵀd, s> = <d, A s> where A s is
 * computed anyway.
 *
 * In UORO the cotangent of the old state, which takes a product with every recurrent matrix, is needed only
 * for its inner product with s̃, and these matrices times s̃ (or what comes of it) are pushed anyway.
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
  const makers = new Map<Tensor, Equation>(equations.map((equation) => [equation.result, equation]));
  const uses = new Map<Tensor, number>();
  for (const operand of [...equations.flatMap(({ operands }) => operands), ...outputs])
    uses.set(operand, (uses.get(operand) ?? 0) + 1);
  const products = equations.filter(isMatrixVector);
  // Equations recorded here belong to the trace that the program comes from.
  const recorder = products[0]?.result.recorder;
  if (recorder === undefined) return undefined;
  const from = recorder.equations.length;
  for (const inner of equations.filter(isInnerProduct)) {
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
    const parts = termsOf(x, makers, uses).map((term) => ({ term, pair: partnerOf(term, y, inner) }));
    if (parts.every(({ pair }) => pair === undefined)) return undefined;
    return parts
      .map(({ term, pair }) => (pair === undefined ? dot(flat(term), flat(y)) : productOf(...pair)))
      .reduce(add);
  }

  /**
   * For a term Aᵀd with no other use: d, A y where that is computed, and the parameters of the product Aᵀd.
   */
  function partnerOf(term: Tensor, y: Tensor, inner: Equation): [Tensor, Tensor, Parameters] | undefined {
    const maker = makers.get(term);
    if (maker === undefined || !isMatrixVector(maker) || uses.get(term) !== 1) return undefined;
    const [matrix, vector] = maker.operands;
    const partner = products.find(
      (other) =>
        other.operands[0] === matrix &&
        other.parameters.transposeLeft !== maker.parameters.transposeLeft &&
        plain(other.operands[1], makers) === y &&
        !dependsOn(other.result, inner.result, equations),
    );
    return partner && [vector, partner.result, maker.parameters];
  }
}

/** <x, y>, in which a zero is as strong as it was in the product that this takes the place of. */
function productOf(x: Tensor, y: Tensor, { strong }: Parameters): Tensor {
  const product = strong ? { ...rowByColumn, strong } : rowByColumn;
  return reshape(bind(matmul, [reshape(x, [1, x.size]), reshape(y, [y.size, 1])], product), []);
}

const rowByColumn = { transposeLeft: false, transposeRight: false };

/** A product of a matrix with a column. */
function isMatrixVector({ primitive, operands, parameters, result }: Equation): boolean {
  return (
    isProduct(primitive, result) &&
    !parameters.transposeRight &&
    result.shape[1] === 1 &&
    operands[0].size > operands[1].size
  );
}

/** A row times a column: one number. */
function isInnerProduct({ primitive, operands, result }: Equation): boolean {
  return isProduct(primitive, result) && result.size === 1 && operands[0].size > 1;
}

/** One product, and not a batch of them. */
function isProduct(primitive: Primitive, result: Tensor): boolean {
  return primitive === matmul && result.shape.length === 2;
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

function flat(x: Tensor): Tensor {
  return reshape(x, [x.size]);
}

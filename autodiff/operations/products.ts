import { formatShape, guard, requireTensor, ShapeError, sameShape, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { nameOperands } from '../primitives/checks.ts';
import { matmul as product } from '../primitives/matmul.ts';
import { reshape } from './layout.ts';

/** Transposes a matrix operand first; no effect on a vector. */
export interface MatmulOptions {
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
}

/**
 * The matrix product [m,k]·[k,n], matrix·vector [m,k]·[k], vector·matrix [k]·[k,n], or the scalar [k]·[k].
 * @throws ShapeError if the inner sizes differ.
 */
export function matmul(x: Tensor, y: Tensor, options: MatmulOptions = {}): Tensor {
  requireTensor(x, 'matmul');
  requireTensor(y, 'matmul');
  const { transposeLeft = false, transposeRight = false } = guard.options('matmul', options, matmulOptions);
  const [left, right] = [x.shape.length, y.shape.length];
  if (left < 1 || left > 2 || right < 1 || right > 2)
    throw new ShapeError(
      `matmul: needs matrices or vectors, got ${formatShape(x.shape)} and ${formatShape(y.shape)}`,
    );
  const flags = { transposeLeft: left === 2 && transposeLeft, transposeRight: right === 2 && transposeRight };
  const inner = x.shape[left === 2 && !flags.transposeLeft ? 1 : 0];
  const other = y.shape[right === 2 && flags.transposeRight ? 1 : 0];
  if (inner !== other)
    throw new ShapeError(
      `matmul: inner sizes differ, ${formatShape(x.shape)}${flags.transposeLeft ? 'ᵀ' : ''} · ${formatShape(y.shape)}${flags.transposeRight ? 'ᵀ' : ''} (${inner} ≠ ${other})${nameOperands(x, y)}`,
    );
  const a = left === 1 ? reshape(x, [1, x.size]) : x;
  const b = right === 1 ? reshape(y, [y.size, 1]) : y;
  const result = bind(product, [a, b], flags);
  return reshape(result, [
    ...(left === 1 ? [] : [result.shape[0]]),
    ...(right === 1 ? [] : [result.shape[1]]),
  ]);
}

const matmulOptions: guard.Checks<MatmulOptions> = { transposeLeft: guard.flag, transposeRight: guard.flag };

/** The outer product of two vectors: [m], [n] -> [m,n]. */
export function outer(x: Tensor, y: Tensor): Tensor {
  requireTensor(x, 'outer');
  requireTensor(y, 'outer');
  if (x.shape.length !== 1 || y.shape.length !== 1)
    throw new ShapeError(`outer: needs two vectors, got ${formatShape(x.shape)} and ${formatShape(y.shape)}`);
  return bind(product, [reshape(x, [x.size, 1]), reshape(y, [1, y.size])], {
    transposeLeft: false,
    transposeRight: false,
  });
}

/** The sum of the elementwise products of two tensors of one shape: a scalar. */
export function dot(x: Tensor, y: Tensor): Tensor {
  requireTensor(x, 'dot');
  requireTensor(y, 'dot');
  if (!sameShape(x.shape, y.shape))
    throw new ShapeError(`dot: shapes differ, ${formatShape(x.shape)} and ${formatShape(y.shape)}`);
  return matmul(reshape(x, [x.size]), reshape(y, [y.size]));
}

import { add, mul } from '../autodiff/index.ts';
import {
  checkShape,
  dataOf,
  fromData,
  full,
  guard,
  type Noise,
  requireNoise,
  type Shape,
  ShapeError,
  type Tensor,
} from '../lib/index.ts';

/** Draws a float64 tensor of the given shape. */
export type Initializer = (noise: Noise, shape: Shape) => Tensor;

/** Every element equal to `value`. */
export function filled(value: number): Initializer {
  guard.argument('filled', 'value', value, guard.number);
  return (_, shape) => full(shape, value);
}

/** Independent normal elements of mean 0. */
export function normal(deviation: number): Initializer {
  guard.argument('normal', 'deviation', deviation, guard.finite);
  return drawing('normal', (noise, shape) => mul(noise.normal(shape), deviation));
}

/** Independent elements, uniform between -bound and bound. */
export function uniform(bound: number): Initializer {
  guard.argument('uniform', 'bound', bound, guard.finite);
  return drawing('uniform', (noise, shape) => add(mul(noise.uniform(shape), 2 * bound), -bound));
}

/** Uniform within ±1/√fanIn, the usual choice for a unit that sums fanIn inputs. */
export function fanIn(inputs: number): Initializer {
  guard.argument('fanIn', 'inputs', inputs, guard.count);
  return uniform(1 / Math.sqrt(inputs));
}

/** Uniform within ±√(6 / (rows + columns)) (Glorot & Bengio 2010, eq. 16). */
export function glorot(): Initializer {
  return drawing('glorot', (noise, shape) => {
    const [rows, columns] = requireMatrix(shape, 'glorot');
    return uniform(Math.sqrt(6 / (rows + columns)))(noise, shape);
  });
}

/**
 * A random matrix with orthonormal rows or columns (the fewer of the two), times `gain` (Saxe et al. 2014).
 */
export function orthogonal(gain = 1): Initializer {
  guard.argument('orthogonal', 'gain', gain, guard.finite);
  return drawing('orthogonal', (noise, shape) => {
    const [rows, columns] = requireMatrix(shape, 'orthogonal');
    const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
    const data = dataOf(noise.normal([count, length]));
    const basis: number[][] = [];
    for (let i = 0; i < count; i++)
      basis.push(
        orthonormalize(
          Array.from({ length }, (_, j) => data[i * length + j]),
          basis,
        ),
      );
    const out = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = gain * (rows <= columns ? basis[i][j] : basis[j][i]);
    return fromData(out, [rows, columns]);
  });
}

/** An initialiser that checks its noise source. */
function drawing(who: string, draw: Initializer): Initializer {
  return (noise, shape) => {
    requireNoise(noise, who);
    return draw(noise, shape);
  };
}

/** Gram-Schmidt, applied twice: once loses orthogonality to rounding. */
function orthonormalize(vector: number[], basis: readonly number[][]): number[] {
  for (let pass = 0; pass < 2; pass++)
    for (const unit of basis) {
      const overlap = vector.reduce((sum, value, j) => sum + value * unit[j], 0);
      for (let j = 0; j < vector.length; j++) vector[j] -= overlap * unit[j];
    }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function requireMatrix(shape: Shape, who: string): readonly [number, number] {
  if (checkShape(shape, who).length !== 2)
    throw new ShapeError(`${who}: initialises matrices, got shape [${shape.join(',')}]`);
  return [shape[0], shape[1]];
}

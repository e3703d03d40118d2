import { mat2, mat3, quat, vec2, vec3 } from 'gl-matrix';
import {
  ConfigurationError,
  dataOf,
  type FloatDType,
  guard,
  seeded,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { floats, seeds } from './options.ts';
import { type Example, readings, type Task } from './task.ts';

export interface RotationOptions {
  /** Radians per step, counterclockwise (about the axis, seen from its tip). Default 2π/25. */
  readonly angle?: number;
  /** 2 (default) for a point on a circle, 3 for a point on a sphere. */
  readonly dimensions?: 2 | 3;
  /** The axis of rotation on a sphere, of any length but zero. Default [0, 0, 1]. Three dimensions only. */
  readonly axis?: readonly [number, number, number];
  /** The dtype of the points and the Jacobian. Default float64. */
  readonly dtype?: FloatDType;
  readonly seed?: number;
}

export interface RotationTask extends Task<Tensor, Tensor> {
  /**
   * The rotation R, [d, d]: x_{t+1} = R x_t, so R is also the derivative of each point with respect to the
   * previous one.
   */
  readonly jacobian: Tensor;
  /** The linear map R has zero loss. */
  readonly optimum: { readonly loss: 0 };
}

/**
 * A point that rotates by the same angle at each step, on the unit circle or sphere. The target is the next
 * point.
 *
 * The first point is drawn uniformly. Orbits keep length 1 up to rounding, however long. So do the products
 * of Jacobians of a learner that has found R, which makes the task a test of credit that neither fades nor
 * grows.
 * @throws ConfigurationError for an angle or an axis that is not finite, an axis of length zero, or one in
 * two dimensions.
 */
export function rotation(options: RotationOptions = {}): RotationTask {
  const own = guard.options('rotation', options, checks);
  const { angle = (2 * Math.PI) / 25, dimensions = 2, axis, dtype = 'float64', seed = 1 } = own;
  if (dimensions === 2 && axis !== undefined)
    throw new ConfigurationError(
      'rotation: a circle has no axis; use { dimensions: 3 } or leave the axis out',
    );
  const turn = dimensions === 2 ? aboutOrigin(angle) : aboutAxis(angle, unitAxis(axis ?? [0, 0, 1]));
  return {
    name: `rotation(${dimensions})`,
    jacobian: tensor(turn.rows, { dtype }),
    optimum: { loss: 0 },
    ...readings(() => orbit(turn, firstPoint(dimensions, seed), dtype)),
  };
}

const checks: guard.Checks<RotationOptions> = {
  angle: guard.finite,
  dimensions: { what: '2 or 3', holds: (value) => value === 2 || value === 3 },
  axis: guard.list,
  dtype: floats,
  seed: seeds,
};

interface Turn {
  /** The matrix by rows; gl-matrix keeps it by columns. */
  readonly rows: number[][];
  /**
   * Moves a point in place and projects it back onto the circle or sphere, as rounding errors would
   * accumulate.
   */
  advance(point: Float64Array): void;
}

function aboutOrigin(angle: number): Turn {
  const matrix = mat2.fromRotation(new Float64Array(4), angle);
  return {
    rows: rowsOf(matrix, 2),
    advance: (point) => {
      vec2.normalize(point, vec2.transformMat2(point, point, matrix));
    },
  };
}

function aboutAxis(angle: number, axis: vec3): Turn {
  const matrix = mat3.fromQuat(new Float64Array(9), quat.setAxisAngle(new Float64Array(4), axis, angle));
  return {
    rows: rowsOf(matrix, 3),
    advance: (point) => {
      vec3.normalize(point, vec3.transformMat3(point, point, matrix));
    },
  };
}

function rowsOf(columns: ArrayLike<number>, d: number): number[][] {
  return Array.from({ length: d }, (_, row) =>
    Array.from({ length: d }, (_, column) => columns[column * d + row]),
  );
}

function unitAxis(axis: readonly [number, number, number]): vec3 {
  if (axis.length !== 3)
    throw new ConfigurationError(`rotation: axis must have three entries, got ${axis.length}`);
  for (let i = 0; i < 3; i++) guard.argument('rotation', `axis[${i}]`, axis[i], guard.finite);
  const longest = Math.max(...axis.map(Math.abs));
  if (longest === 0) throw new ConfigurationError('rotation: axis must not be zero');
  // Scale first: the squares of very long or short axes would overflow or underflow.
  return vec3.normalize(
    new Float64Array(3),
    axis.map((entry) => entry / longest) as [number, number, number],
  );
}

/** Uniform on the circle or sphere: the direction of a normal draw. */
function firstPoint(dimensions: number, seed: number): Float64Array {
  const point = Float64Array.from(dataOf(seeded(seed).normal([dimensions])));
  const length = Math.hypot(...point);
  return point.map((entry) => entry / length);
}

function* orbit(
  turn: Turn,
  first: Float64Array,
  dtype: FloatDType,
): Generator<Example<Tensor, Tensor>, never, undefined> {
  let input = tensor(first, { dtype });
  for (;;) {
    turn.advance(first);
    const target = tensor(first, { dtype });
    yield { input, target };
    input = target;
  }
}

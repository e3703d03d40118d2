import { mat4, vec3 } from 'gl-matrix';

/** Looks at the middle of a cube from all sides. */
export interface Camera {
  /** Radians to the right, and up to just below a quarter turn. */
  turn(right: number, up: number): void;
  /** Comes nearer by a factor below 1, within bounds. */
  approach(factor: number): void;
  /** The place of a point of space on a sheet, and its depth: 0 in the middle, 1 near, -1 far. */
  project(point: readonly [number, number, number], width: number, height: number): Place;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

const steepest = Math.PI / 2 - 0.05;
const [nearest, farthest] = [2.6, 9];

export function createCamera(): Camera {
  let [azimuth, elevation, distance] = [0.7, 0.4, 5.1];
  const view = mat4.create();
  const lens = mat4.create();
  const at = vec3.create();

  function place(): void {
    const eye = vec3.fromValues(
      distance * Math.cos(elevation) * Math.sin(azimuth),
      distance * Math.sin(elevation),
      distance * Math.cos(elevation) * Math.cos(azimuth),
    );
    mat4.lookAt(view, eye, [0, 0, 0], [0, 1, 0]);
  }

  place();
  return {
    turn(right, up) {
      azimuth += right;
      elevation = Math.min(steepest, Math.max(-steepest, elevation + up));
      place();
    },
    approach(factor) {
      distance = Math.min(farthest, Math.max(nearest, distance * factor));
      place();
    },
    project(point, width, height) {
      vec3.transformMat4(at, point, view);
      const depth = (at[2] + distance) / Math.sqrt(3);
      // As wide as the shorter side, so that the cube fits a phone.
      mat4.perspective(lens, 0.75, 1, 0.1, 20);
      vec3.transformMat4(at, at, lens);
      const unit = Math.min(width, height) / 2;
      return { x: width / 2 + unit * at[0], y: height / 2 - unit * at[1], depth };
    },
  };
}

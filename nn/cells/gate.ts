import { add, matmul } from '../../autodiff/index.ts';
import type { Noise, Tensor } from '../../lib/index.ts';
import type { Input } from '../cell.ts';
import { fanIn, type Initializer } from '../initializers.ts';
import { project } from '../project.ts';

/** The weights of one pre-activation w·x + u·h + b. */
export type Gate = {
  /** Input weights, [inputs, units]: input-major, so that a class index picks a row. */
  readonly w: Tensor;
  /** Recurrent weights, [units, units]. */
  readonly u: Tensor;
  /** Bias, [units]. */
  readonly b: Tensor;
};

/** How a cell draws its parameters: each uniform within ±1/√units unless given. */
export interface GateInitializers {
  readonly input?: Initializer;
  readonly recurrent?: Initializer;
  readonly bias?: Initializer;
}

/** The size of a cell, and how its parameters are drawn. */
export interface CellOptions {
  readonly inputs: number;
  readonly units: number;
  readonly init?: GateInitializers;
}

export function initGate(noise: Noise, { inputs, units, init = {} }: CellOptions): Gate {
  return {
    w: (init.input ?? fanIn(units))(noise, [inputs, units]),
    u: (init.recurrent ?? fanIn(units))(noise, [units, units]),
    b: (init.bias ?? fanIn(units))(noise, [units]),
  };
}

/** w·x + u·h + b, of shape [units]. */
export function preactivation({ w, u, b }: Gate, x: Input, h: Tensor): Tensor {
  return add(add(project(x, w), matmul(u, h)), b);
}

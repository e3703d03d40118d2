import { add, matmul } from '../../autodiff/index.ts';
import { guard, type Noise, type Tensor } from '../../lib/index.ts';
import type { Input } from '../cell.ts';
import { fanIn, type Initializer } from '../initializers.ts';
import { draw, init, initializers, requireRoom, size } from '../options.ts';
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

/** How a cell draws its parameters. Default: each uniform within ±1/√units. */
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

const checks: guard.Checks<CellOptions> = { inputs: size, units: size, init };

/**
 * Checks the options of a cell with this many gates. @throws ConfigurationError for bad options or impossible
 * sizes.
 */
export function cellOptions<T extends CellOptions>(
  who: string,
  options: T,
  gates: number,
  more?: Pick<guard.Checks<T>, Exclude<keyof T, keyof CellOptions>>,
): T {
  const own = guard.options(
    who,
    options,
    { ...checks, ...more } as guard.Checks<T>,
    `${who}({ inputs: 2, units: 16 })`,
  );
  initializers(who, own.init, ['input', 'recurrent', 'bias']);
  const { inputs, units } = own;
  requireRoom(who, gates * units * (inputs + units + 1), 'use fewer units');
  return own;
}

export function initGate(who: string, noise: Noise, { inputs, units, init = {} }: CellOptions): Gate {
  return {
    w: draw(who, init.input ?? fanIn(units), noise, [inputs, units]),
    u: draw(who, init.recurrent ?? fanIn(units), noise, [units, units]),
    b: draw(who, init.bias ?? fanIn(units), noise, [units]),
  };
}

/** w·x + u·h + b, of shape [units]. */
export function preactivation(gate: Gate, x: Input, h: Tensor): Tensor {
  guard.argument('a gate', 'its part of params', gate, guard.record);
  const { w, u, b } = gate;
  return add(add(project(x, w), matmul(u, h)), b);
}

import { add, div, matmul, mean, mul, sqrt, square } from '../../autodiff/index.ts';
import { guard, type Noise, ones, type Tensor } from '../../lib/index.ts';
import type { Input } from '../cell.ts';
import { fanIn, type Initializer } from '../initializers.ts';
import { draw, init, initializers, requireRoom, size } from '../options.ts';
import { project } from '../project.ts';

/** The weights of one pre-activation w·x + u·h + b, or g∘rms(w·x + u·h) + b. */
export type Gate = {
  /** Input weights, [inputs, units]: input-major, so that a class index picks a row. */
  readonly w: Tensor;
  /** Recurrent weights, [units, units]. */
  readonly u: Tensor;
  /** Bias, [units]. */
  readonly b: Tensor;
  /** Gain of the normalisation, [units]; left out without one. */
  readonly g?: Tensor;
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

/** The options of cells whose pre-activations can be normalised. */
export interface GatedOptions extends CellOptions {
  /**
   * `rms` normalises each pre-activation: g∘a/√(mean(a²) + 1e-5) + b for a = w·x + u·h, with a gain g that
   * starts at 1 (Zhang & Sennrich 2019, arXiv 1910.07467, eq. 4). Default `none`.
   */
  readonly norm?: 'none' | 'rms';
}

export const norm = guard.oneOf('none', 'rms');

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

export function initGate(
  who: string,
  noise: Noise,
  { inputs, units, init = {}, norm = 'none' }: GatedOptions,
): Gate {
  return {
    w: draw(who, init.input ?? fanIn(units), noise, [inputs, units]),
    u: draw(who, init.recurrent ?? fanIn(units), noise, [units, units]),
    b: draw(who, init.bias ?? fanIn(units), noise, [units]),
    ...(norm === 'rms' && { g: ones([units]) }),
  };
}

/** w·x + u·h + b, of shape [units]; with a gain, g∘rms(w·x + u·h) + b. */
export function preactivation(gate: Gate, x: Input, h: Tensor): Tensor {
  guard.argument('a gate', 'its part of params', gate, guard.record);
  const { w, u, b, g } = gate;
  const sum = add(project(x, w), matmul(u, h));
  return add(g === undefined ? sum : mul(g, rms(sum)), b);
}

/** a/√(mean(a²) + 1e-5): at most √units long, also where a is 0. */
function rms(a: Tensor): Tensor {
  return div(a, sqrt(add(mean(square(a)), 1e-5)));
}

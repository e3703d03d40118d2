import {
  ConfigurationError,
  formatShape,
  guard,
  type Noise,
  requireNoise,
  type Shape,
  sameShape,
  Tensor,
} from '../lib/index.ts';
import type { Initializer } from './initializers.ts';

/** A required size. */
export const size: guard.Check = guard.needed(guard.count);
/** How parameters are drawn; `initializers` checks the record. */
export const init: guard.Check = guard.record;

/**
 * Initialisers by parameter name. @throws ConfigurationError for an unknown name or a value that is not a
 * function.
 */
export function initializers<T extends object>(
  who: string,
  given: T | undefined,
  names: readonly (keyof T & string)[],
): Partial<T> {
  if (given === undefined) return {};
  return guard.options(
    `${who}: init`,
    given,
    Object.fromEntries(names.map((name) => [name, guard.callable])) as guard.Checks<T>,
  );
}

/**
 * Draws with an initialiser. @throws ConfigurationError unless it returns a tensor of the requested shape.
 */
export function draw(who: string, initializer: Initializer, noise: Noise, shape: Shape): Tensor {
  const drawn = initializer(noise, shape);
  if (drawn instanceof Tensor && sameShape(drawn.shape, shape)) return drawn;
  throw new ConfigurationError(
    `${who}: an initialiser must return a tensor of shape ${formatShape(shape)}, got ${guard.describe(drawn)}`,
  );
}

/**
 * @throws ConfigurationError if the parameters, drawn in float64, would not fit into memory. Call before
 * drawing.
 */
export function requireRoom(who: string, parameters: number, remedy: string): void {
  guard.memory(
    who,
    `${parameters.toLocaleString('en-US')} parameters`,
    parameters * 8,
    remedy,
    ConfigurationError,
  );
}

/** Checks the arguments of a layer's `init`. @throws ConfigurationError or NoiseError. */
export function requireInit(who: string, noise: Noise, inputs: number): void {
  requireNoise(noise, `${who}.init`);
  guard.argument(`${who}.init`, 'inputs', inputs, guard.count);
}

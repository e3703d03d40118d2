import { ConfigurationError, formatShape, guard, type Noise, requireNoise, type Shape, sameShape, Tensor } from '../lib/index.ts';
import type { Initializer } from './initializers.ts';

/** A size that must be given. */
export const size: guard.Check = guard.needed(guard.count);
/** How parameters are drawn; the record is looked at by `initializers`. */
export const init: guard.Check = guard.record;

/** Initialisers by what they draw. @throws ConfigurationError for a name that does not exist and for what is no function. */
export function initializers<T extends object>(
  who: string,
  given: T | undefined,
  names: readonly (keyof T & string)[],
): Partial<T> {
  if (given === undefined) return {};
  return guard.options(`${who}: init`, given, Object.fromEntries(names.map((name) => [name, guard.callable])) as guard.Checks<T>);
}

/** What an initialiser draws. @throws ConfigurationError unless it is a tensor of the shape that was asked for. */
export function draw(who: string, initializer: Initializer, noise: Noise, shape: Shape): Tensor {
  const drawn = initializer(noise, shape);
  if (drawn instanceof Tensor && sameShape(drawn.shape, shape)) return drawn;
  throw new ConfigurationError(
    `${who}: an initialiser must give a tensor of shape ${formatShape(shape)}, got ${guard.describe(drawn)}`,
  );
}

/** @throws ConfigurationError where parameters, drawn in float64, do not fit into memory: before any of them is. */
export function requireRoom(who: string, parameters: number, remedy: string): void {
  guard.memory(who, `${parameters.toLocaleString('en-US')} parameters`, parameters * 8, remedy, ConfigurationError);
}

/** The lengths of what a layer is given and initialised for. @throws ConfigurationError or NoiseError. */
export function requireInit(who: string, noise: Noise, inputs: number): void {
  requireNoise(noise, `${who}.init`);
  guard.argument(`${who}.init`, 'inputs', inputs, guard.count);
}

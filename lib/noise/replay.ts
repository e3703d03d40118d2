import { NoiseError } from '../errors.ts';
import { describe } from '../guard/index.ts';
import { checkShape, formatShape, type Shape, sizeOf } from '../shape.ts';
import { fromData, type Tensor } from '../tensor.ts';
import { type Noise, signsOnly } from './noise.ts';

/**
 * Plays back these signs in order: `signs(shape)` takes the next size(shape) of them, row-major.
 *
 * Sources made by `split` draw from the same queue, matching `recording`. After save and restore each has its
 * own queue.
 * @throws NoiseError for an entry other than +1 or -1, and later when the draws run out.
 */
export function replay(draws: ArrayLike<number>): Noise {
  if (!Array.isArray(draws) && !ArrayBuffer.isView(draws))
    throw new NoiseError(`replay: needs an array of draws, got ${describe(draws)}`);
  for (let i = 0; i < draws.length; i++)
    if (!isSign(draws[i]))
      throw new NoiseError(`replay: draw ${i} is ${describe(draws[i])}; every draw must be +1 or -1`);
  return replayFrom(Float64Array.from(draws), 0);
}

/** Whether an entry is a sign. */
export function isSign(draw: unknown): draw is number {
  return draw === 1 || draw === -1;
}

/** A source that has already played `position` of these draws, known to be signs. */
export function replayFrom(draws: Float64Array, position: number): Noise {
  let at = position;
  const source: Noise = {
    signs(shape: Shape): Tensor {
      const size = sizeOf(checkShape(shape, 'signs'));
      if (size > draws.length - at)
        throw new NoiseError(
          `replay: ${size} signs of shape ${formatShape(shape)} are needed, but ${draws.length - at} of the ${draws.length} draws are left; give more draws`,
        );
      at += size;
      return fromData(draws.slice(at - size, at), [...shape]);
    },
    normal: () => signsOnly('replay', 'normal draws'),
    uniform: () => signsOnly('replay', 'uniform draws'),
    integer: () => signsOnly('replay', 'integers'),
    coin: () => signsOnly('replay', 'coins'),
    snapshot: () => {
      const place = at;
      return () => {
        at = place;
      };
    },
    split: () => source,
    save: () => ({ kind: 'replay', draws: [...draws], position: at }),
  };
  return source;
}

import { allocate } from '../dtype.ts';
import { NoiseError } from '../errors.ts';
import { describe } from '../guard/index.ts';
import { checkShape, type Shape, sizeOf } from '../shape.ts';
import { fromData, type Tensor } from '../tensor.ts';
import { type Noise, requireProbability, type SeededWords } from './noise.ts';
import { philox } from './philox.ts';

/**
 * A source with the same draws for the same seed on every platform: Philox 4x32-10 at (seed, stream, step).
 *
 * The seed is the key; step and stream are the counter. Each block of 128 bits advances the step by one, and
 * each call starts a new block, so the six words of the address are the whole state. Signs, uniforms,
 * integers and coins are bit-identical on every platform; normals use `Math.log`, `cos` and `sin`, which may differ in
 * the last place.
 * @throws NoiseError unless the seed is a whole number from 0 to 2^53 - 1.
 */
export function seeded(seed: number): Noise {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new NoiseError(`seeded: ${describe(seed)} is not a seed; use a whole number from 0 to 2^53 - 1`);
  return seededFrom([seed >>> 0, Math.floor(seed / 2 ** 32), 0, 0, 0, 0]);
}

/** The source at this address. */
export function seededFrom(words: SeededWords): Noise {
  const key = Uint32Array.of(words[0], words[1]);
  const counter = Uint32Array.of(words[2], words[3], words[4], words[5]);
  const block = new Uint32Array(4);

  function nextBlock(): void {
    philox(counter, key, block);
    counter[0]++;
    if (counter[0] === 0) counter[1]++;
  }

  function fillSigns(data: Float32Array | Float64Array): void {
    for (let at = 0; at < data.length; ) {
      nextBlock();
      for (let i = 0; i < 4 && at < data.length; i++) {
        const end = Math.min(at + 32, data.length);
        for (let word = block[i]; at < end; word >>>= 1) data[at++] = 2 * (word & 1) - 1;
      }
    }
  }

  const noise: Noise = {
    fillSigns,

    signs(shape: Shape): Tensor {
      const data = float64For(shape, 'signs');
      fillSigns(data);
      return fromData(data, [...shape]);
    },

    normal(shape: Shape): Tensor {
      const data = float64For(shape, 'normal');
      for (let at = 0; at < data.length; ) {
        nextBlock();
        // Box and Muller, 1958. The radius uses 1 - u, which is never zero.
        const radius = Math.sqrt(-2 * Math.log(1 - whole53(block, 0) / 2 ** 53));
        const angle = (2 * Math.PI * whole53(block, 2)) / 2 ** 53;
        data[at++] = radius * Math.cos(angle);
        if (at < data.length) data[at++] = radius * Math.sin(angle);
      }
      return fromData(data, [...shape]);
    },

    uniform(shape: Shape): Tensor {
      const data = float64For(shape, 'uniform');
      for (let at = 0; at < data.length; ) {
        nextBlock();
        for (let half = 0; half < 4 && at < data.length; half += 2)
          data[at++] = whole53(block, half) / 2 ** 53;
      }
      return fromData(data, [...shape]);
    },

    integer(below: number): number {
      if (!Number.isSafeInteger(below) || below < 1)
        throw new NoiseError(
          `integer: ${describe(below)} is not a bound; use a whole number from 1 to 2^53 - 1`,
        );
      // Reject draws past the last multiple of `below`: taking them modulo `below` would favour small
      // numbers.
      const end = 2 ** 53 - (2 ** 53 % below);
      for (;;) {
        nextBlock();
        for (let half = 0; half < 4; half += 2) {
          const draw = whole53(block, half);
          if (draw < end) return draw % below;
        }
      }
    },

    coin(probability: number): boolean {
      requireProbability(probability);
      nextBlock();
      return whole53(block, 0) / 2 ** 53 < probability;
    },

    split(): Noise {
      // The child's key and stream are the 128 bits of a block that this source uses for nothing else.
      // Addresses in a family of n sources collide with probability n²/2^129, and the step is the only state
      // to save.
      nextBlock();
      return seededFrom([block[0], block[1], 0, 0, block[2], block[3]]);
    },

    snapshot: () => {
      const place = counter.slice();
      return () => counter.set(place);
    },

    save: () => ({
      kind: 'seeded',
      words: [key[0], key[1], counter[0], counter[1], counter[2], counter[3]],
    }),
  };
  sources.add(noise);
  return noise;
}

const sources = new WeakSet<Noise>();

/**
 * Whether a source was made by `seeded`, and is not a copy with a part replaced: only then does `save` tell
 * all that it will draw.
 * @internal
 */
export function isSeeded(noise: Noise): boolean {
  return sources.has(noise);
}

/** A uniform whole number below 2^53 from the two words at `at`. */
function whole53(block: Uint32Array, at: number): number {
  return (block[at] >>> 5) * 2 ** 26 + (block[at + 1] >>> 6);
}

function float64For(shape: Shape, who: string): Float64Array {
  return allocate('float64', sizeOf(checkShape(shape, who))) as Float64Array;
}

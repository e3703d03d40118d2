import { guard, type Noise, seeded } from '../../lib/index.ts';
import { seeds } from './options.ts';
import { type Example, readings, type Surprisal, type SymbolTask } from './task.ts';

export interface DelayedSumOptions {
  /** Steps back to the coin that makes the target likelier. Default 6. */
  readonly first?: number;
  /** Steps back to the coin that makes it less likely. Default 10. */
  readonly second?: number;
  readonly seed?: number;
}

export interface DelayedSumTask extends SymbolTask {
  readonly settings: { readonly first: number; readonly second: number };
  readonly entropyRate: number;
  /** The lowest mean loss, in bits per step, of a model that remembers neither coin: 0.9544. */
  readonly memorylessRate: number;
  /** That of a model that remembers the first coin only: 0.7490. */
  readonly firstOnlyRate: number;
  /** Starts a meter of the entropy of a sample. */
  surprisal(): Surprisal;
}

/**
 * The Add task: inputs are fair coins x, and the target is a coin that shows 1 with the probability
 *
 *     1/2 + x(t - first)/2 - x(t - second)/4
 *
 * of the step's own time t. The target belongs to the input of the same step (it is not the next input). What a
 * model remembers can be read from its loss: 0.9544 bits for neither coin, 0.7490 for the first one, 0.6556 for both.
 * Source: Marschall, Cho and Savin, "A unified framework of online learning algorithms for training recurrent neural
 * networks", 2020, after Pitis 2016; `Add_Task` of github.com/omarschall/vanilla-rtrl, without its stretching of time.
 * @throws ConfigurationError for delays that are not whole or out of range.
 */
export function delayedSum(options: DelayedSumOptions = {}): DelayedSumTask {
  const { first = 6, second = 10, seed = 1 } = guard.options('delayedSum', options, delayedSumOptions);
  const known = first === second ? (coin: number) => [chance(coin, coin)] : neighbours;
  const bits = (chances: readonly number[]) => mean(chances.map(entropy));
  return {
    name: `delayedSum(${first},${second})`,
    settings: { first, second },
    symbols: 2,
    alphabet: ['0', '1'],
    entropyRate: bits([0, 1].flatMap(known)),
    firstOnlyRate: bits([0, 1].map((coin) => mean(known(coin)))),
    memorylessRate: entropy(mean([0, 1].flatMap(known))),
    surprisal: () => surprisalOf(chances(seeded(seed), first, second)),
    ...readings(() => examples(chances(seeded(seed), first, second))),
  };
}

const delays = guard.whole(0, 2 ** 16);

export const delayedSumOptions = {
  first: guard.setting(delays, 'steps back to the coin that makes the target likelier'),
  second: guard.setting(delays, 'steps back to the coin that makes the target less likely'),
  seed: seeds,
} satisfies guard.Checks<DelayedSumOptions>;

interface Draw {
  readonly input: number;
  /** The probability of a target of 1, and the target. */
  readonly chance: number;
  readonly target: number;
}

function* chances(noise: Noise, first: number, second: number): Generator<Draw, never, undefined> {
  // The coins of the latest steps in a ring, with some from before the start.
  const coins = Array.from({ length: Math.max(first, second) + 1 }, () => noise.integer(2));
  for (let t = 0; ; t++) {
    const at = (back: number) => coins[(t + coins.length - back) % coins.length];
    const input = noise.integer(2);
    coins[t % coins.length] = input;
    const own = chance(at(first), at(second));
    yield { input, chance: own, target: noise.coin(own) ? 1 : 0 };
  }
}

function* examples(draws: Iterable<Draw>): Generator<Example<number, number>, void, undefined> {
  for (const { input, target } of draws) yield { input, target };
}

function surprisalOf(draws: Iterator<Draw, never>): Surprisal {
  return (target) => {
    const { chance } = draws.next().value;
    return -Math.log2(target === 1 ? chance : 1 - chance) + 0;
  };
}

function chance(first: number, second: number): number {
  return 0.5 + 0.5 * first - 0.25 * second;
}

/** The probabilities for the two values of the second coin. */
function neighbours(first: number): number[] {
  return [0, 1].map((second) => chance(first, second));
}

/** Of a coin, in bits. */
function entropy(p: number): number {
  return p === 0 || p === 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Functions of doubles in whole numbers of 2^-320, far beyond double precision: the references for kernels at
 * hard points.
 */
const bits = 320n;
const one = 1n << bits;

/** A double in this format; these points need nothing finer than 2^-320. */
function fixed(x: number): bigint {
  const exponent = Math.max(-1074, Math.floor(Math.log2(Math.abs(x))) - 52);
  const mantissa =
    x === 0 ? 0n : BigInt(exponent < -1000 ? x * 2 ** 1000 * 2 ** (-exponent - 1000) : x * 2 ** -exponent);
  const shift = bits + BigInt(exponent);
  return shift >= 0n ? mantissa << shift : mantissa >> -shift;
}

/** The nearest double. No function here produces a tie. */
function rounded(x: bigint, shift = bits): number {
  const size = x < 0n ? -x : x;
  const length = BigInt(size.toString(2).length);
  const excess = length > 64n ? length - 64n : 0n;
  const value = Number(size >> excess) * 2 ** Number(excess - shift > -1000n ? excess - shift : -1000n);
  return (x < 0n ? -value : value) * (excess - shift > -1000n ? 1 : 2 ** Number(excess - shift + 1000n));
}

const times = (a: bigint, b: bigint) => (a * b) >> bits;
const over = (a: bigint, b: bigint) => (a << bits) / b;

/** artanh z = Σ z^(2n+1) / (2n+1). */
function artanh(z: bigint): bigint {
  const square = times(z, z);
  let [power, sum] = [z, z];
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = times(power, square);
    sum += power / n;
  }
  return sum;
}

/** log(1 + x) = 2 artanh(x / (2 + x)), after dividing 1 + x by a power of two to bring it near 1. */
export function log1p(x: number): number {
  let scaled = one + fixed(x);
  let twos = 0n;
  for (; 4n * scaled < 3n * one; twos--) scaled *= 2n;
  for (; 2n * scaled > 3n * one; twos++) scaled /= 2n;
  return rounded(2n * (artanh(over(scaled - one, scaled + one)) + twos * artanh(one / 3n)));
}

/** e^x - 1 = Σ xⁿ / n!. */
export function expm1(x: number): number {
  const z = fixed(x);
  let [term, sum] = [z, z];
  for (let n = 2n; term !== 0n && term !== -1n; n++) {
    term = times(term, z) / n;
    sum += term;
  }
  return rounded(sum);
}

/** Euler's Σ 2^2n n!² / (2n+1)! · x^(2n+1) / (1+x²)^(n+1); beyond 1, π/2 minus that of 1/x. */
export function atan(x: number): number {
  const euler = (z: bigint): bigint => {
    const share = over(times(z, z), one + times(z, z));
    let term = over(z, one + times(z, z));
    let sum = term;
    for (let n = 1n; term !== 0n && term !== -1n; n++) {
      term = (times(term, share) * 2n * n) / (2n * n + 1n);
      sum += term;
    }
    return sum;
  };
  if (Math.abs(x) <= 1) return rounded(euler(fixed(x)));
  const quarter = euler(one);
  return rounded((x < 0 ? -2n : 2n) * quarter - euler(over(one, fixed(x))));
}

/** x to a whole power n, in whole numbers. */
export function power(x: number, n: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(x))) - 52;
  const mantissa = BigInt(x * 2 ** -exponent) ** BigInt(Math.abs(n));
  const shift = BigInt(-exponent * Math.abs(n));
  if (n >= 0) return rounded(mantissa, shift);
  const extra = BigInt(mantissa.toString(2).length) + 200n;
  return rounded((1n << extra) / mantissa, extra - shift);
}

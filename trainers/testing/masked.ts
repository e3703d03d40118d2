import { compile, dependencies, jvp, linearize, where } from '../../autodiff/index.ts';
import { cast, dataOf, fromData, type Tensor } from '../../lib/index.ts';
import { requireClose, tangentsFor, wave } from './operands.ts';

/** The values that a masked element may hold. */
const singular = [0, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/**
 * Checks that masked elements have no influence, whatever they hold. One element of every operand becomes 0,
 * negative, infinite or NaN, and the results that depend on it are masked; push, pull and the derivative of
 * the pull must then equal those of the original operands, as a plan too.
 * @throws LawError otherwise.
 */
export function requireMasked(
  operation: (...operands: Tensor[]) => Tensor,
  drawn: readonly Tensor[],
  order: number,
): void {
  const places = drawn.map(({ dtype, size }) =>
    dtype === 'int32' || size === 0 ? undefined : ((3 * size) % 7) % size,
  );
  const masked = maskedBy(operation, drawn, places);
  const derivatives = (...operands: Tensor[]) => {
    const { value, push, pull } = linearize(masked, ...operands);
    const tangents = tangentsFor(operands);
    const pulled = (...at: Tensor[]) => floats(linearize(masked, ...at).pull(wave(value, 0.3)));
    return [
      value,
      push(...tangents),
      ...floats(pull(wave(value, 0.3))),
      ...(order > 1 ? jvp(pulled, operands, tangents)[1] : []),
    ];
  };
  const planned = compile(derivatives);
  const expected = derivatives(...drawn);
  for (const value of singular) {
    const spoilt = drawn.map((operand, i) =>
      places[i] === undefined ? operand : withValue(operand, places[i], value),
    );
    for (const [how, found] of [
      ['alone', derivatives(...spoilt)],
      ['as a plan', planned(...spoilt)],
    ] as const)
      found.forEach((part, i) => {
        requireClose(part, expected[i], 1e-12, `output ${i} beside a masked ${value}, ${how}`);
      });
  }
}

/** The operation with 0 where its result can depend on any of these places. */
function maskedBy(
  operation: (...operands: Tensor[]) => Tensor,
  drawn: readonly Tensor[],
  places: readonly (number | undefined)[],
): (...operands: Tensor[]) => Tensor {
  const { sets, members } = dependencies(operation, ...drawn);
  const reached = new Set(places.flatMap((at, i) => (at === undefined ? [] : members(sets[i][0][at]))));
  const { shape, size } = operation(...drawn);
  const mask = fromData(
    Int32Array.from({ length: size }, (_, i) => Number(!reached.has(i))),
    shape,
  );
  return (...operands) => where(mask, operation(...operands), 0);
}

function withValue(x: Tensor, at: number, value: number): Tensor {
  const data = Float64Array.from(dataOf(x));
  data[at] = value;
  return cast(fromData(data, x.shape), x.dtype);
}

/** Without the zero cotangents of indices. */
function floats(pulled: readonly Tensor[]): Tensor[] {
  return pulled.filter(({ dtype }) => dtype !== 'int32');
}

import type { Arbitrary } from 'fast-check';
import fc from 'fast-check';
import { checkDerivatives, compile, jvp, linearize } from '../../autodiff/index.ts';
import { cast, fromData, guard, Tensor } from '../../lib/index.ts';
import { anArbitrary, inLayout, layoutsOf } from './arbitraries.ts';
import { checkLaws, type Laws, lawError, tensorLine } from './laws.ts';
import { requireMasked } from './masked.ts';
import { describeLaws } from './mocha.ts';
import { LawError } from './numbers.ts';
import {
  inner,
  requireClose,
  requireSame,
  requireShape,
  snapshot,
  tangentsFor,
  wave,
  zeros,
} from './operands.ts';

/** An operation on tensors and the operands to check it at. */
export interface PrimitiveSubject {
  readonly name: string;
  readonly operation: (...operands: Tensor[]) => Tensor;
  /**
   * float64 operands at which the operation is smooth, zero-length axes included where it takes them; int32
   * operands carry no tangent.
   */
  readonly operands: Arbitrary<Tensor[]>;
  /** Computes the same result in another way, to 1e-12. */
  readonly reference?: (...operands: Tensor[]) => Tensor;
  /** Number of orders of derivatives that exist at the operands. Default 2. */
  readonly order?: number;
  /** Number of draws of operands for each law. Default 20. */
  readonly runs?: number;
  /** Seed of the draws. Default 1. */
  readonly seed?: number;
  /** Relative tolerance between rules and differences; see `checkDerivatives`. */
  readonly tolerance?: number;
}

/** Registers one test for each law that a primitive must satisfy, with mocha's global `describe` and `it`. */
export function describePrimitive(subject: PrimitiveSubject): void {
  const laws = primitiveLaws(subject);
  describeLaws(subject.name, laws);
}

/**
 * Checks every law of `describePrimitive`.
 * @throws LawError for the first that does not hold, with the smallest operands found at which it does not.
 */
export function checkPrimitive(subject: PrimitiveSubject): void {
  checkLaws(subject?.name, primitiveLaws(subject));
}

const checks: guard.Checks<PrimitiveSubject> = {
  name: guard.needed(guard.string),
  operation: guard.needed(guard.callable),
  operands: guard.needed(anArbitrary),
  reference: guard.callable,
  order: guard.whole(1, 8),
  runs: guard.whole(1, 2 ** 20),
  seed: { what: 'a whole number', holds: Number.isSafeInteger },
  tolerance: guard.between(0),
};

/** The laws by name; each throws if it does not hold. */
export function primitiveLaws(subject: PrimitiveSubject): Laws {
  const own = guard.options('a primitive', subject, checks, 'checkPrimitive({ name, operation, operands })');
  const { operands, order = 2, runs = 20, seed = 1, tolerance } = own;
  const operation = returningTensor('operation', own.operation);
  const reference = own.reference && returningTensor('reference', own.reference);
  const options = tolerance === undefined ? {} : { tolerance };
  const law = (numRuns: number, check: (drawn: Tensor[]) => void) => () =>
    forAll(operands, check, numRuns, seed);
  const few = Math.ceil(runs / 2);

  return {
    ...(reference && {
      'equals its reference': law(runs, (drawn) =>
        requireClose(operation(...drawn), reference(...drawn), 1e-12, 'value'),
      ),
    }),
    'does not write to its operands': law(few, (drawn) => {
      const before = drawn.map(snapshot);
      const { value, push, pull } = linearize(operation, ...drawn);
      const [tangents, cotangent] = [tangentsFor(drawn), wave(value, 0.3)];
      const given = [...tangents.filter((tangent) => tangent !== undefined), cotangent, value];
      const kept = given.map(snapshot);
      push(...tangents);
      pull(cotangent);
      operation(...drawn);
      for (const [tensors, copies] of [
        [drawn, before],
        [given, kept],
      ] as const)
        tensors.forEach((tensor, i) => {
          if (tensor.toNdarray().data.some((value, at) => !Object.is(value, copies[i][at])))
            throw new LawError(`it wrote to a tensor that it was given`);
        });
    }),
    'has the same value with and without tangents': law(runs, (drawn) => {
      const alone = operation(...drawn);
      requireSame(linearize(operation, ...drawn).value, alone, 'value under linearize');
      requireSame(jvp(operation, drawn, tangentsFor(drawn))[0], alone, 'value under jvp');
    }),
    'has a pull that is the adjoint of its push': law(runs, (drawn) => {
      const { value, push, pull } = linearize(operation, ...drawn);
      const tangents = tangentsFor(drawn);
      const cotangent = wave(value, 0.7);
      const pulled: readonly Tensor[] = pull(cotangent);
      const [left, right] = [inner([push(...tangents)], [cotangent]), inner(tangents, pulled)];
      if (Math.abs(left.sum - right.sum) > 1e-12 * Math.max(left.terms, right.terms))
        throw new LawError(`<push v, u> is ${left.sum}, <v, pull u> is ${right.sum}`);
      pulled.forEach((part, i) => {
        if (drawn[i].dtype !== 'int32') requireShape(part, drawn[i], `cotangent ${i}`);
      });
    }),
    'has a push equal to central differences': law(few, (drawn) => {
      checkDerivatives(operation, drawn, { ...options, order: 1 });
    }),
    'treats an absent tangent as zeros': law(few, (drawn) => {
      const { push } = linearize(operation, ...drawn);
      const tangents = tangentsFor(drawn);
      tangents.forEach((tangent, only) => {
        if (tangent === undefined) return;
        const alone = drawn.map((_, i) => (i === only ? tangent : undefined));
        const beside = drawn.map((operand, i) =>
          i === only || operand.dtype === 'int32' ? alone[i] : zeros(operand),
        );
        requireClose(push(...alone), push(...beside), 1e-12, `tangent of operand ${only}`);
        requireClose(jvp(operation, drawn, alone)[1], push(...alone), 1e-12, `jvp along operand ${only}`);
      });
    }),
    ...(order > 1 && {
      [`has derivatives of order ${order} equal to central differences`]: law(
        Math.ceil(runs / 4),
        (drawn) => {
          checkDerivatives(operation, drawn, { ...options, order });
        },
      ),
    }),
    'does not depend on the layout of its operands': () =>
      forAll(
        operands.chain(withLayouts),
        ([drawn, others]) => {
          requireClose(operation(...others), operation(...drawn), 1e-13, 'value');
          const [here, there] = [linearize(operation, ...drawn), linearize(operation, ...others)];
          const [tangents, cotangent] = [tangentsFor(drawn), wave(here.value, 0.3)];
          requireClose(there.push(...tangents), here.push(...tangents), 1e-13, 'push');
          const pulled: readonly Tensor[] = here.pull(cotangent);
          there.pull(cotangent).forEach((part, i) => {
            requireClose(part, pulled[i], 1e-13, `cotangent ${i}`);
          });
        },
        runs,
        seed,
      ),
    'has no influence behind a mask, even where it is singular': law(Math.ceil(runs / 4), (drawn) => {
      requireMasked(operation, drawn, order);
    }),
    'returns the same as a plan, derivatives included': law(few, (drawn) => {
      const all = (...operands: Tensor[]) => {
        const { value, push, pull } = linearize(operation, ...operands);
        const pulled: readonly Tensor[] = pull(wave(value, 0.3));
        return [
          value,
          push(...tangentsFor(operands)),
          ...pulled.filter((_, i) => operands[i].dtype !== 'int32'),
        ];
      };
      const own = all(...drawn);
      compile(all)(...drawn).forEach((part, i) => {
        requireClose(part, own[i], 1e-12, `output ${i} of the plan`);
      });
    }),
    'carries no tangent if no operand does': law(few, (drawn) => {
      jvp(
        (unrelated: Tensor) => {
          if (operation(...drawn).level !== 0) throw new LawError('the result carries a tangent');
          return unrelated;
        },
        [fromData(Float64Array.of(1), [])],
        [fromData(Float64Array.of(1), [])],
      );
    }),
    'returns float32 for float32 operands': law(few, (drawn) => {
      const narrow = drawn.map((operand) => (operand.dtype === 'int32' ? operand : cast(operand, 'float32')));
      const { value, push, pull } = linearize(operation, ...narrow);
      const dtypes = [
        value,
        push(...tangentsFor(narrow)),
        ...pull(wave(value, 0.3)).filter((_, i) => drawn[i].dtype !== 'int32'),
      ];
      for (const { dtype } of dtypes)
        if (dtype !== 'float32') throw new LawError(`float32 operands return ${dtype}`);
    }),
  };
}

/** The same function. It throws a LawError for a result that is no tensor. */
function returningTensor(
  name: string,
  f: (...operands: Tensor[]) => Tensor,
): (...operands: Tensor[]) => Tensor {
  return Object.defineProperty(
    (...operands: Tensor[]) => {
      const result: unknown = f(...operands);
      if (result instanceof Tensor) return result;
      throw new LawError(`the ${name} returned ${guard.describe(result)} instead of a tensor`);
    },
    'name',
    { value: f.name || name },
  );
}

/** @throws LawError with the smallest draw found at which the check throws. */
function forAll<T extends readonly (Tensor | readonly Tensor[])[]>(
  arbitrary: Arbitrary<T>,
  check: (drawn: T) => void,
  numRuns: number,
  seed: number,
): void {
  const found = fc.check(fc.property(arbitrary, check), { numRuns, seed });
  if (!found.failed) return;
  const operands = found.counterexample?.[0].flat() ?? [];
  throw lawError(found.errorInstance, () => [
    ...operands.map((operand, i) => tensorLine(`operand ${i}`, operand)),
    `draw ${found.numRuns} of ${numRuns}, made smaller ${found.numShrinks} times; seed ${seed}`,
  ]);
}

function withLayouts(drawn: Tensor[]): Arbitrary<[Tensor[], Tensor[]]> {
  return fc
    .tuple(...drawn.map(({ shape }) => layoutsOf(shape.length)))
    .map((layouts) => [drawn, drawn.map((operand, i) => inLayout(operand, layouts[i]))]);
}

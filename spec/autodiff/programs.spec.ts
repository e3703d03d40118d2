import { expect } from 'chai';
import fc from 'fast-check';
import {
  checkDerivatives,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  vjp,
} from '../../autodiff/index.ts';
import * as operations from '../../autodiff/operations/index.ts';
import { dataOf, fromData, type Tensor } from '../../lib/index.ts';
import { type Program, programs } from '../../trainers/testing/index.ts';
import { size } from '../support/size.ts';

/** A fixed direction for each input of a program. */
function directions(inputs: readonly Tensor[], phase = 0): Tensor[] {
  return inputs.map((input, i) =>
    fromData(
      Float64Array.from({ length: input.size }, (_, at) => Math.cos(1.3 * at + i + phase)),
      input.shape,
    ),
  );
}

function numbers(tensors: readonly Tensor[]): number[] {
  return tensors.flatMap((x) => Array.from(dataOf(x)));
}

function expectClose(actual: readonly Tensor[], expected: readonly Tensor[], tolerance = 1e-12): void {
  const [left, right] = [numbers(actual), numbers(expected)];
  const scale = Math.max(1, ...right.map(Math.abs));
  expect(left).to.have.length(right.length);
  left.forEach((value, i) => {
    expect(value).to.be.closeTo(right[i], tolerance * scale);
  });
}

function forAll(arbitrary: fc.Arbitrary<Program>, check: (program: Program) => unknown, numRuns = 100): void {
  fc.assert(
    fc.property(arbitrary, (program) => {
      check(program);
    }),
    { seed: 1, numRuns: size(Math.ceil(numRuns / 2), numRuns) },
  );
}

describe('random programs', () => {
  it('have the derivatives found by differences', () => {
    forAll(programs(), ({ run, inputs }) => checkDerivatives(run, [...inputs], { order: 1 }), 40);
  });

  it('have the second derivatives found by differences', () => {
    forAll(
      programs({ maxLength: 4 }),
      ({ loss, inputs }) => checkDerivatives(loss, [...inputs], { order: 2 }),
      12,
    );
  });

  it('have one value, and one derivative in jvp and in push, to the last bit', () => {
    forAll(programs({ kinks: true }), ({ run, inputs }) => {
      const tangents = directions(inputs);
      const [value, tangent] = jvp(run, [...inputs], tangents);
      const line = linearize(run, ...inputs);
      expect(numbers([value])).to.deep.equal(numbers([run(...inputs)]));
      expect(numbers([line.value])).to.deep.equal(numbers([value]));
      expect(numbers([line.push(...tangents)])).to.deep.equal(numbers([tangent]));
    });
  });

  it('have a pull that is the adjoint of push', () => {
    forAll(programs({ kinks: true }), ({ run, inputs }) => {
      const { value, push, pull } = linearize(run, ...inputs);
      const tangents = directions(inputs);
      const [cotangent] = directions([value], 0.4);
      const [left, right] = [numbers([push(...tangents)]), numbers(pull(cotangent))];
      const [u, v] = [numbers([cotangent]), numbers(tangents)];
      const terms = [...left.map((part, i) => part * u[i]), ...right.map((part, i) => -part * v[i])];
      const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
      expect(terms.reduce((sum, term) => sum + term, 0)).to.be.closeTo(0, 1e-12 * size + 1e-300);
    });
  });

  it('have one Hessian-vector product, by three routes', () => {
    let largest = 0;
    forAll(programs({ maxLength: 6 }), ({ loss, inputs }) => {
      const v = directions(inputs);
      const gradient = (...xs: Tensor[]) => vjp(loss, ...xs)[1](fromData(Float64Array.of(1), []));
      const slope = (...xs: Tensor[]) => jvp(loss, xs, v)[1];
      const one = fromData(Float64Array.of(1), []);
      const forwardOverReverse = jvp(gradient, [...inputs], v)[1];
      const reverseOverForward = linearize(slope, ...inputs).pull(one);
      const reverseOverReverse = linearize(gradient, ...inputs).pull(v);
      const pushOfPull = linearize(gradient, ...inputs).push(...v);
      expectClose(reverseOverForward, forwardOverReverse);
      expectClose(reverseOverReverse, forwardOverReverse);
      expect(numbers(pushOfPull)).to.deep.equal(numbers(forwardOverReverse));
      largest = Math.max(largest, ...numbers(forwardOverReverse).map(Math.abs));
    });
    // A family of flat programs would satisfy all of this.
    expect(largest).to.be.above(0.1);
  });

  it('have one Hessian-vector product beside kinks and masked singularities too', () => {
    forAll(
      programs({ maxLength: 6, kinks: true }),
      ({ loss, inputs }) => {
        const v = directions(inputs);
        const one = fromData(Float64Array.of(1), []);
        const gradient = (...xs: Tensor[]) => vjp(loss, ...xs)[1](one);
        const slope = (...xs: Tensor[]) => jvp(loss, xs, v)[1];
        const forwardOverReverse = jvp(gradient, [...inputs], v)[1];
        expectClose(linearize(slope, ...inputs).pull(one), forwardOverReverse);
        expectClose(linearize(gradient, ...inputs).pull(v), forwardOverReverse);
      },
      150,
    );
  });

  it('have one Jacobian, forward and reverse', () => {
    forAll(programs({ kinks: true }), ({ run, inputs }) => {
      const f = (xs: readonly Tensor[]) => ({ result: run(...xs) });
      const [forward, reverse] = [jacfwd(f)(inputs), jacrev(f)(inputs)];
      forward.result.forEach((block, i) => {
        expect(block.shape).to.deep.equal([...run(...inputs).shape, ...inputs[i].shape]);
        expect(reverse.result[i].shape).to.deep.equal(block.shape);
      });
      expectClose(forward.result, reverse.result);
    });
  });

  it('have symmetric Hessians', () => {
    forAll(
      programs({ maxLength: 5 }),
      ({ loss, inputs: [x, ...rest] }) => {
        const matrix = dataOf(hessian((first: Tensor) => loss(first, ...rest))(x));
        for (let i = 0; i < x.size; i++)
          for (let j = 0; j < i; j++)
            expect(matrix[i * x.size + j]).to.be.closeTo(matrix[j * x.size + i], 1e-12);
      },
      40,
    );
  });

  it('have the same gradient one argument at a time and together', () => {
    forAll(programs(), ({ loss, inputs }) => {
      const together = linearize(loss, ...inputs).pull(fromData(Float64Array.of(1), []));
      inputs.forEach((_, argument) => {
        const alone = grad(loss as (...xs: Tensor[]) => Tensor, { argument })(...inputs) as Tensor;
        expectClose([alone], [together[argument]]);
      });
    });
  });

  it('shrink to fewer lines', () => {
    const isTanh = (program: Program) => program.lines.some(({ operation }) => operation === 'tanh');
    const failure = fc.check(
      fc.property(programs(), (program) => !isTanh(program)),
      { seed: 1, numRuns: 200 },
    );
    expect(failure.counterexample?.[0].lines).to.have.length(1);
    expect(String(failure.counterexample?.[0])).to.match(/v0: \[[\d,]*\] = .*\nv1 = tanh\(v0, v0\)/);
  });

  it('use every operation, though not all in one program', () => {
    const drawn = fc
      .sample(programs({ kinks: true }), { seed: 1, numRuns: 300 })
      .flatMap(({ lines }) => lines.map(({ operation }) => operation));
    const used = new Set(drawn);
    const constants = ['argmax', 'floor', 'greater', 'less', 'sign', 'stopGradient', 'var'];
    const expected = Object.keys(operations).filter((name) => !constants.includes(name));
    expect(expected.filter((name) => !used.has(name))).to.deep.equal([]);
    expect(expected).to.have.length.above(25);
  });
});

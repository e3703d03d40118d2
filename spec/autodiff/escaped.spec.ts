import { expect } from 'chai';
import {
  add,
  custom,
  grad,
  jacfwd,
  jacrev,
  jvp,
  type Linearization,
  linearize,
  mul,
  square,
  stopGradient,
  sum,
  tanh,
  vjp,
} from '../../autodiff/index.ts';
import { EscapedTangentError, type Tensor, tensor } from '../../lib/index.ts';

/** The ways to differentiate `loss` at 3, with their names in messages. */
const modes: [name: string, run: (loss: (x: Tensor) => Tensor) => unknown][] = [
  ['jvp(loss)', (loss) => jvp(loss, [tensor(3)], [tensor(1)])],
  ['grad(loss)', (loss) => grad(loss)(tensor(3))],
  ['linearize(loss)', (loss) => linearize(loss, tensor(3))],
  ['vjp(loss)', (loss) => vjp(loss, tensor(3))],
  ['jacfwd(loss)', (loss) => jacfwd(loss)(tensor(3))],
  ['jacrev(loss)', (loss) => jacrev(loss)(tensor(3))],
];

describe('a tangent that escapes', () => {
  for (const [name, run] of modes) {
    /** The argument of `loss`, after its differentiation has returned. */
    const escaped = (): Tensor => {
      let stored: Tensor | undefined;
      const loss = (x: Tensor) => {
        stored = mul(x, 2);
        return square(x);
      };
      run(loss);
      return stored as Tensor;
    };
    const message = `: a tangent of ${name} is used after ${name} returned; return it instead of storing it`;

    it(`${name} throws in any operation`, () => {
      const stored = escaped();
      for (const use of [
        () => mul(stored, stored),
        () => add(tensor(1), stored),
        () => tanh(stored),
        () => sum(stored),
        () => mul(stored, 3),
      ])
        expect(use).to.throw(EscapedTangentError, message);
    });

    it(`${name} throws inside another differentiation, as an argument and as a constant`, () => {
      const stored = escaped();
      for (const [, again] of modes)
        expect(() => again((x) => mul(x, stored))).to.throw(EscapedTangentError, message);
      expect(() => jvp(tanh, [stored], [tensor(1)])).to.throw(EscapedTangentError);
      expect(() => jvp(tanh, [tensor(1)], [stored])).to.throw(EscapedTangentError);
      expect(() => linearize(tanh, tensor(1)).push(stored)).to.throw(EscapedTangentError);
      expect(() => linearize(tanh, tensor(1)).pull(stored)).to.throw(EscapedTangentError);
      expect(() => linearize(square, stored)).to.throw(EscapedTangentError);
    });

    it(`${name} throws in the next call of the same mode`, () => {
      let stored: Tensor | undefined;
      const loss = (x: Tensor) => {
        const result = stored === undefined ? square(x) : mul(x, stored);
        stored = x;
        return result;
      };
      run(loss);
      expect(() => run(loss)).to.throw(EscapedTangentError);
    });

    it(`${name} leaves the result of stopGradient usable`, () => {
      const stored = escaped();
      expect(mul(stopGradient(stored), 2).item()).to.equal(12);
    });
  }

  it('throws when f throws and the tensor is used afterwards', () => {
    let stored: Tensor | undefined;
    const failing = (x: Tensor): Tensor => {
      stored = x;
      throw new Error('stop');
    };
    expect(() => jvp(failing, [tensor(1)], [tensor(1)])).to.throw('stop');
    expect(() => mul(stored as Tensor, 2)).to.throw(EscapedTangentError, 'a tangent of jvp(failing)');
  });

  it('throws in a linearization made inside a jvp and used after it', () => {
    let stored: Linearization<[Tensor], Tensor> | undefined;
    jvp(
      (x: Tensor) => {
        stored = linearize((y: Tensor) => mul(x, square(y)), tensor(3));
        return x;
      },
      [tensor(5)],
      [tensor(1)],
    );
    expect(() => stored?.push(tensor(1))).to.throw(EscapedTangentError);
    expect(() => stored?.pull(tensor(1))).to.throw(EscapedTangentError);
  });

  it('throws for the symbol of a linearize, which a derivative rule can store', () => {
    let stored: Tensor | undefined;
    const leaky = custom({
      name: 'leaky',
      value: (x: Tensor) => x,
      push: (_, [tangent]) => {
        stored = tangent;
        return tangent;
      },
    });
    linearize((x: Tensor) => leaky(x), tensor(1));
    expect(() => mul(stored as Tensor, 2)).to.throw(EscapedTangentError);
  });

  it('throws for the variable of an outer differentiation in the same way, and not before it returns', () => {
    let stored: Tensor | undefined;
    const outer = jvp(
      (x: Tensor) => {
        jvp(
          (y: Tensor) => {
            stored = mul(x, y);
            return y;
          },
          [tensor(2)],
          [tensor(1)],
        );
        expect(() => mul(stored as Tensor, 2)).to.throw(EscapedTangentError);
        return mul(x, x);
      },
      [tensor(3)],
      [tensor(1)],
    );
    expect(outer[1].item()).to.equal(6);
  });
});

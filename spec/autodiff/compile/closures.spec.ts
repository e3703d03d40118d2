import { expect } from 'chai';
import {
  add,
  compile,
  dot,
  dual,
  grad,
  hessian,
  hvp,
  jacrev,
  jvp,
  linearize,
  matmul,
  mul,
  sin,
  smooth,
  square,
  sub,
  sum,
  tangent,
  tanh,
} from '../../../autodiff/index.ts';
import { ConfigurationError, dataOf, EscapedTangentError, type Tensor, tensor } from '../../../lib/index.ts';
import { meanSquare, rnn } from '../../../nn/index.ts';
import { createLearner, sgd, uoro } from '../../../trainers/index.ts';

const numbers = (x: Tensor): number[] => Array.from(dataOf(x));

/** A compiled y -> x³ y² of an x that it closes over; its plan was made before. */
function closing(x = tensor(3)): { at: (x: Tensor) => Tensor; alone: () => Tensor; plans: () => number } {
  let own = x;
  const g = compile((y: Tensor) => mul(mul(own, square(own)), square(y)));
  const alone = () => g(tensor(2));
  alone();
  return {
    at(next) {
      own = next;
      return alone();
    },
    alone,
    plans: () => g.plans,
  };
}

describe('values that a compiled function closes over', () => {
  it('has its tangent under jvp, although there is a plan', () => {
    expect(jvp(closing().at, [tensor(3)], [tensor(1)]).map((part) => part.item())).to.deep.equal([108, 108]);
  });

  it('has its gradient under grad', () => {
    expect(grad(closing().at)(tensor(5)).item()).to.equal(300);
    expect(grad(closing().at)(tensor(3)).item()).to.equal(108);
  });

  it('is pushed and pulled by linearize', () => {
    const { value, push, pull } = linearize(closing().at, tensor(3));
    expect(value.item()).to.equal(108);
    expect(push(tensor(2)).item()).to.equal(216);
    expect(pull(tensor(-1))[0].item()).to.equal(-108);
  });

  it('has its derivatives of order two', () => {
    expect(hvp(closing().at)(tensor(3), tensor(2)).item()).to.equal(144);
    expect(hessian(closing().at)(tensor(3)).item()).to.equal(72);
    expect(jacrev(grad(closing().at))(tensor(3)).item()).to.equal(72);
  });

  it('is an input of the program that another compile traces', () => {
    const outer = compile(closing().at);
    expect([3, 5, -1].map((x) => outer(tensor(x)).item())).to.deep.equal([108, 500, -4]);
    const slope = compile(grad(closing().at));
    expect([3, 5, -1].map((x) => slope(tensor(x)).item())).to.deep.equal([108, 300, 12]);
  });

  it('may lie in a tree, and be met deep inside', () => {
    const params = { layers: [{ w: tensor([1, 2]) }, { w: tensor([3, -1]) }] };
    const inner = compile((x: Tensor) => dot(params.layers[0].w, mul(params.layers[1].w, x)));
    const outer = compile((x: Tensor) => tanh(inner(sin(x))));
    const x = tensor([0.5, 0.25]);
    outer(x);
    inner(x);
    const loss = (w: Tensor) => {
      params.layers[1].w = w;
      return add(outer(x), inner(x));
    };
    const [s, v] = [numbers(sin(x)), numbers(x)];
    const gradient = numbers(grad(loss)(tensor([3, -1])));
    const slope = 1 - Math.tanh(3 * s[0] - 2 * s[1]) ** 2;
    expect(gradient[0]).to.be.closeTo(slope * s[0] + v[0], 1e-14);
    expect(gradient[1]).to.be.closeTo(slope * 2 * s[1] + 2 * v[1], 1e-14);
  });

  it('is seen where the program has no plan, and where the first call is inside', () => {
    const cube = smooth({ name: 'cube', evaluate: (x) => x ** 3, partials: [(x) => mul(3, square(x))] });
    let own = tensor(1);
    const g = compile((y: Tensor) => mul(cube(own), y));
    const at = (x: Tensor) => {
      own = x;
      return g(tensor(4));
    };
    expect(grad(at)(tensor(2)).item()).to.equal(48);
    own = tensor(1);
    expect(g(tensor(4)).item()).to.equal(4);
    expect(grad(at)(tensor(2)).item()).to.equal(48);
  });

  it('is not remembered from inside a differentiation', () => {
    const own = closing();
    expect(own.plans()).to.equal(1);
    jvp(own.at, [tensor(3)], [tensor(1)]);
    expect(own.plans()).to.equal(0);
    expect(own.alone).to.throw(EscapedTangentError, 'after jvp(at) returned');
    expect(own.at(tensor(1)).item()).to.equal(4);
    expect(own.plans()).to.equal(1);
    // A trace's symbol escapes in the same way.
    compile(own.at)(tensor(2));
    expect(own.alone).to.throw(EscapedTangentError);
  });

  it('may be a dual number made outside all transforms', () => {
    const own = closing();
    expect(tangent(own.at(dual(3, 1))).item()).to.equal(108);
    expect(own.plans()).to.equal(0);
    expect(own.at(tensor(1)).item()).to.equal(4);
    expect(tangent(own.at(mul(dual(3, 1), 2))).item()).to.equal(864);
    expect(own.at(tensor(1)).item()).to.equal(4);
    dual(1, 1);
    expect(own.alone().item()).to.equal(4);
    expect(own.plans()).to.equal(1);
  });

  it('costs the plan nothing when it has no tangent', () => {
    const g = compile((y: Tensor) => mul(2, y));
    g(tensor(2));
    expect(grad((x: Tensor) => mul(x, g(tensor(2))))(tensor(1)).item()).to.equal(4);
    expect(g.plans).to.equal(1);
  });

  it('is a constant when it is a number, or a tensor without a tangent: read once, when traced', () => {
    let [rate, shift] = [2, tensor(1)];
    const g = compile((y: Tensor) => sub(mul(rate, y), shift));
    expect(g(tensor(5)).item()).to.equal(9);
    [rate, shift] = [3, tensor(2)];
    expect(g(tensor(5)).item()).to.equal(9);
    expect(g(tensor([5])).toArray()).to.deep.equal([13]);
  });

  it('returns numbers as tensors, inside and outside', () => {
    const g = compile((x: Tensor) => [x.shape.length, mul(x, 2)] as unknown as Tensor[]);
    const inside: Tensor[] = [];
    grad((x: Tensor) => {
      inside.push(...g(3 as unknown as Tensor));
      return x;
    })(tensor(1));
    expect(inside.map((part) => part.item())).to.deep.equal([0, 6]);
    expect(g(3 as unknown as Tensor).map((part) => part.item())).to.deep.equal([0, 6]);
  });
});

describe('values that a learner closes over', () => {
  it('is refused when it is a dual number', () => {
    const gain = dual(2, 1);
    const learner = createLearner({
      model: rnn({ inputs: 1, units: 2 }),
      loss: (output: Tensor) => mul(sum(output), gain),
      estimator: uoro(),
      optimizer: sgd({ rate: 0.1 }),
      dtype: 'float64',
    });
    expect(() => learner.step(tensor([1]), tensor([0]))).to.throw(
      ConfigurationError,
      'learn: it closes over',
    );
  });

  for (const eager of [false, true]) {
    const setting = () => {
      const closed = { gain: tensor([1, 1]), weight: tensor(1) };
      const cell = rnn({ inputs: 2, units: 2 });
      const scaled = compile((input: Tensor) => mul(closed.gain, input));
      type Step = typeof cell.step;
      const step: Step = (params, state, input) =>
        cell.step(params, state, typeof input === 'number' ? input : scaled(input));
      const learner = createLearner({
        model: { ...cell, step },
        loss: (output: Tensor, target: Tensor) => mul(closed.weight, meanSquare(output, target)),
        estimator: uoro(),
        optimizer: sgd({ rate: 0.1 }),
        dtype: 'float64',
        eager,
      });
      const one = [tensor([1, 2]), tensor([0, 0])] as const;
      learner.step(...one);
      return { closed, learner, one };
    };

    it(`is refused when it is being differentiated: ${eager ? 'eager' : 'compiled'}`, () => {
      const { closed, learner, one } = setting();
      const before = learner.save();
      const attempts = [
        (gain: Tensor) => {
          closed.gain = gain;
          learner.step(...one);
          return gain;
        },
        (gain: Tensor) => {
          closed.gain = gain;
          return learner.predict(one[0]);
        },
        (gain: Tensor) => {
          closed.gain = gain;
          learner.observe(one[0]);
          return gain;
        },
        (gain: Tensor) => {
          [closed.gain, closed.weight] = [tensor([1, 1]), sum(gain)];
          learner.step(...one);
          return gain;
        },
        (input: Tensor) => {
          closed.weight = tensor(1);
          return learner.predict(input);
        },
        (target: Tensor) => {
          learner.step(one[0], target);
          return target;
        },
      ];
      for (const attempt of attempts) {
        expect(() => jvp(attempt, [tensor([1, 1])], [tensor([1, 1])])).to.throw(
          ConfigurationError,
          'works on numbers',
        );
        expect(() => grad((x: Tensor) => sum(attempt(x)))(tensor([1, 1]))).to.throw(
          ConfigurationError,
          'works on numbers',
        );
        expect(() => compile(attempt)(tensor([1, 1]))).to.throw(ConfigurationError, 'works on numbers');
      }
      expect(learner.save()).to.deep.equal(before);
    });

    it(`may be used inside a differentiation that it has nothing to do with: ${eager ? 'eager' : 'compiled'}`, () => {
      const { learner, one } = setting();
      const twin = setting().learner;
      let seen: Tensor | undefined;
      grad((x: Tensor) => {
        learner.step(...one);
        seen = learner.predict(one[0]);
        return matmul(x, x);
      })(tensor([1, 2]));
      twin.step(...one);
      expect(seen && numbers(seen)).to.deep.equal(numbers(twin.predict(one[0])));
    });
  }
});

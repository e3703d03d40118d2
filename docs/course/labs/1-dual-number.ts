import { mul, sigmoid, sub, type Tensor } from 'norewind';
import { smooth } from 'norewind/autodiff';
import { tensors } from 'norewind/testing';

/** a + bε, with ε² = 0. */
type Dual = { readonly a: Tensor | number; readonly b: Tensor | number };

/** (a + bε)(c + dε). */
function times(x: Dual, y: Dual) {
  return { a: mul(x.a, y.a), b: mul(x.b, y.b) };
}

/** σ(a + bε) = σ(a) + σ(a)(1 - σ(a))b ε. */
function logistic(x: Dual) {
  const s = sigmoid(x.a);
  return { a: s, b: mul(mul(s, sub(1, s)), x.b) };
}

/** swish(x) = x σ(x); its derivative is the coefficient of ε in swish(x + 1ε). */
const swish = smooth({
  name: 'swish',
  evaluate: (x) => x / (1 + Math.exp(-x)),
  partials: [
    (x) => {
      const dual: Dual = { a: x, b: 1 };
      return times(dual, logistic(dual)).b;
    },
  ],
});

export default { name: 'swish', operation: swish, operands: tensors().map((x) => [x]) };

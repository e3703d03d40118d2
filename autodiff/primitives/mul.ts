import { kernels } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { BilinearPrimitive } from '../primitive.ts';
import { sameType } from './checks.ts';

/** The elementwise product x ∘ y, of equal shapes. */
export const mul: BilinearPrimitive<{ readonly strong?: true }> = {
  name: 'mul',
  kind: 'bilinear',
  inRules: { strong: true },
  type: (operands) => sameType('mul', operands),
  evaluate: ([x, y], { strong }) => (strong ? kernels.strongMul(x, y) : kernels.mul(x, y)),
  transposes: [
    (cotangent, y, parameters) => bind(mul, [cotangent, y], parameters),
    (cotangent, x, parameters) => bind(mul, [cotangent, x], parameters),
  ],
};

import { kernels } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { BilinearPrimitive } from '../primitive.ts';
import { sameType } from './checks.ts';

/** The elementwise product x ∘ y, of equal shapes. */
export const mul: BilinearPrimitive = {
  name: 'mul',
  kind: 'bilinear',
  type: (operands) => sameType('mul', operands),
  evaluate: ([x, y]) => kernels.mul(x, y),
  transposes: [(cotangent, y) => bind(mul, [cotangent, y]), (cotangent, x) => bind(mul, [cotangent, x])],
};

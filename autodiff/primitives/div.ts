import { kernels } from '../../lib/index.ts';
import type { DivisionPrimitive } from '../primitive.ts';
import { sameType } from './checks.ts';

/** The elementwise quotient x / y, of equal shapes. */
export const div: DivisionPrimitive<{ readonly strong?: true }> = {
  name: 'div',
  kind: 'division',
  inRules: { strong: true },
  type: (operands) => sameType('div', operands),
  evaluate: ([x, y], { strong }) => (strong ? kernels.strongDiv(x, y) : kernels.div(x, y)),
};

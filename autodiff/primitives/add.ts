import { kernels } from '../../lib/index.ts';
import type { AdditionPrimitive } from '../primitive.ts';
import { sameType } from './checks.ts';

/** x + y, of equal shapes. */
export const add: AdditionPrimitive = {
  name: 'add',
  kind: 'addition',
  type: (operands) => sameType('add', operands),
  evaluate: ([x, y]) => kernels.add(x, y),
};

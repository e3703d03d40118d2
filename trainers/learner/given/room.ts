import { ConfigurationError, type FloatDType, guard, sizeOf } from '../../../lib/index.ts';
import { type Cell, summary } from '../../../nn/index.ts';
import { countElements } from '../../algebra.ts';
import type { Estimator, Rule } from '../../estimators/index.ts';

/** @throws ConfigurationError for a model that no memory holds, before its parameters are drawn. */
export function requireRoomFor<P, S, X>(who: string, model: Cell<P, S, X>): void {
  const count = summary(model).parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  // Parameters are drawn in float64.
  guard.memory(
    who,
    `${count.toLocaleString('en-US')} parameters`,
    count * 8,
    'use fewer units',
    ConfigurationError,
  );
}

/** @throws ConfigurationError for an estimator that carries more than any memory holds, before it starts. */
export function requireRoomToCarry(
  estimator: Estimator,
  rule: Rule,
  parameters: unknown,
  state: unknown,
  dtype: FloatDType,
): void {
  const sizes = { state: countElements(state), parameters: countElements(parameters) };
  const { memory } = rule.cost;
  const sides = `${sizes.state.toLocaleString('en-US')} state elements and ${sizes.parameters.toLocaleString('en-US')} parameters`;
  guard.memory(
    estimator.name,
    `the numbers that it carries for ${sides}`,
    memory * (dtype === 'float64' ? 8 : 4),
    'use fewer units, or an estimator that carries less, such as uoro() or tbptt({ window: 20 })',
    ConfigurationError,
  );
}

import { trace } from '../../../autodiff/index.ts';
import { type FloatDType, indices, NorewindError, type Tensor, zeros } from '../../../lib/index.ts';
import { runStep } from '../../../nn/index.ts';
import type { Systems } from '../systems/system.ts';
import { declareTree, type TimeStep } from './timeStep.ts';

/** The meaning of a plain number: a class, or a real number. */
type Meaning = 'classes' | 'reals';

/** The meaning of plain numbers among the inputs and among the targets. */
export interface Meanings {
  readonly inputs: Meaning;
  readonly targets: Meaning;
}

/** The meanings found so far for the plain numbers that a learner gets. */
export type FoundMeanings = { -readonly [K in keyof Meanings]?: Meaning | undefined };

/** The functions to try plain numbers with. */
interface Asker {
  readonly systems: Systems;
  readonly dtype: FloatDType;
  readonly found: FoundMeanings;
}

/**
 * Finds the meaning of plain numbers in the inputs and targets of a window, which any of its time steps may have: classes
 * if the model or the loss takes them, otherwise real numbers. A program has to know before it is traced, unlike code that
 * runs on the numbers.
 */
export function meaningsOf(
  asker: Asker,
  parameters: unknown,
  state: unknown,
  timeSteps: readonly TimeStep[],
): Meanings {
  const { systems, dtype, found } = asker;
  const probe = ({ inputs, targets }: TimeStep, numbers: Meanings) =>
    trace('numbers', (declare) => {
      const timeStep = { inputs: inputs.slice(0, 1), targets: targets?.slice(0, 1) };
      const [theta, before] = [
        declareTree(parameters, declare, 'params'),
        declareTree(state, declare, 'state'),
      ];
      const fed = declareTree(lift(timeStep, dtype, numbers), declare, '');
      const { output } = runStep(systems.model, theta, before, fed.inputs[0]);
      return fed.targets === undefined ? [] : [systems.loss(output, fed.targets[0]) as Tensor];
    });
  const fed = timeSteps.find(({ inputs }) => inputs.some(isNumber));
  if (found.inputs === undefined && fed !== undefined)
    found.inputs = meaningOf((own) =>
      probe({ inputs: fed.inputs, targets: undefined }, { inputs: own, targets: 'classes' }),
    );
  const inputs = found.inputs ?? 'classes';
  const scored = timeSteps.find(({ targets }) => targets?.some(isNumber));
  if (found.targets === undefined && scored !== undefined)
    found.targets = meaningOf((targets) => probe(scored, { inputs, targets }));
  return { inputs, targets: found.targets ?? 'classes' };
}

/** The first meaning that works; undefined if none does: the mistake is elsewhere, and is reported there. */
function meaningOf(attempt: (meaning: Meaning) => unknown): Meaning | undefined {
  for (const meaning of ['classes', 'reals'] as const) {
    try {
      attempt(meaning);
      return meaning;
    } catch (error) {
      if (!(error instanceof NorewindError)) throw error;
    }
  }
  return undefined;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

/**
 * A time step of the same type with scalar tensors for plain numbers. `Feed` checks their values as it writes
 * them.
 */
export function lift({ inputs, targets }: TimeStep, dtype: FloatDType, numbers: Meanings): TimeStep {
  const asClass = (value: unknown) => (typeof value === 'number' ? indices(0) : value);
  const asReal = (value: unknown) => (typeof value === 'number' ? zeros([], { dtype }) : value);
  const own = (meaning: Meaning) => (meaning === 'classes' ? asClass : asReal);
  const lifted = { inputs: inputs.map(own(numbers.inputs)) };
  return (
    targets === undefined ? lifted : { ...lifted, targets: targets.map(own(numbers.targets)) }
  ) as TimeStep;
}

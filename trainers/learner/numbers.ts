import { trace } from '../../autodiff/index.ts';
import { type FloatDType, NorewindError, type Tensor } from '../../lib/index.ts';
import { runStep } from '../../nn/index.ts';
import type { FoundNumbers, Kind, Numbers } from './kind.ts';
import type { Systems } from './system.ts';
import { declareTree, lift, type TimeStep } from './timeStep.ts';

/** The functions to try plain numbers with. */
interface Asker {
  readonly systems: Systems;
  readonly dtype: FloatDType;
  readonly found: FoundNumbers;
}

/**
 * Finds the meaning of plain numbers in the inputs and targets: classes if the model or the loss takes them,
 * otherwise real numbers. A program has to know before it is traced, unlike code that runs on the numbers.
 */
export function numbersOf(
  asker: Asker,
  parameters: unknown,
  state: unknown,
  { inputs, targets }: TimeStep,
): Numbers {
  const { systems, dtype, found } = asker;
  const probe = (numbers: Numbers, isScored: boolean) =>
    trace('numbers', (declare) => {
      const timeStep = { inputs: inputs.slice(0, 1), targets: isScored ? targets?.slice(0, 1) : undefined };
      const [theta, before] = [
        declareTree(parameters, declare, 'params'),
        declareTree(state, declare, 'state'),
      ];
      const fed = declareTree(lift(timeStep, dtype, numbers), declare, '');
      const { output } = runStep(systems.model, theta, before, fed.inputs[0]);
      return fed.targets === undefined ? [] : [systems.loss(output, fed.targets[0]) as Tensor];
    });
  if (found.inputs === undefined && inputs.some(isNumber))
    found.inputs = kindOf((own) => probe({ inputs: own, targets: 'classes' }, false));
  const own = found.inputs ?? 'classes';
  if (found.targets === undefined && targets?.some(isNumber) === true)
    found.targets = kindOf((kind) => probe({ inputs: own, targets: kind }, true));
  return { inputs: own, targets: found.targets ?? 'classes' };
}

/** The first kind that works. If none does, the mistake is elsewhere, and is reported there. */
function kindOf(attempt: (kind: Kind) => unknown): Kind {
  for (const kind of ['classes', 'reals'] as const) {
    try {
      attempt(kind);
      return kind;
    } catch (error) {
      if (!(error instanceof NorewindError)) throw error;
    }
  }
  return 'classes';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

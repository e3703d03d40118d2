import { seeded } from '../../../lib/index.ts';
import type { Estimator, Transition } from '../../../trainers/index.ts';
import { learnerOf } from '../../../trainers/testing/agreement.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';

/** The influence after a run, what the rule says of itself, and how often the last step was asked for what. */
export function watched(run: Fixture, estimator: Estimator) {
  const asked = { pulls: 0, entries: 0, factors: 0 };
  let carried: unknown;
  const own: Estimator = {
    ...estimator,
    bind(step) {
      const rule = estimator.bind(step);
      return {
        ...rule,
        advance(influence, transition, noise) {
          Object.assign(asked, { pulls: 0, entries: 0, factors: 0 });
          const counted: Transition = Object.create(transition, {
            pull: {
              value: (cotangent: never) => {
                asked.pulls++;
                return transition.pull(cotangent);
              },
            },
            entries: {
              value(this: Transition) {
                asked.entries++;
                return transition.entries.call(this);
              },
            },
            factors: {
              value: (leaves?: readonly number[]) => {
                asked.factors++;
                return transition.factors(leaves);
              },
            },
          });
          carried = rule.advance(influence, counted, noise);
          return carried;
        },
      };
    },
  };
  const learner = learnerOf([run], own, seeded(1), { eager: true });
  for (const { input, target } of run.examples) learner.step(input, target);
  const { structure = '', cost } = learner.rule ?? {};
  return { ...asked, carried, structure, cost };
}

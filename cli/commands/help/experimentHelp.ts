import { estimatorTable } from '../../../trainers/registry/index.ts';
import type { Experiment } from '../../experiments/experiment.ts';
import { flagOf } from '../options/declared.ts';

/** Describes each experiment, with its defaults written as options. */
export function experimentHelp(experiments: readonly Experiment[]): string {
  const lines = experiments.flatMap((experiment) => {
    const [base, ...others] = [...new Set(['uoro', ...Object.keys(estimatorTable)])].map((name) =>
      settingsOf(experiment, name),
    );
    const own = others.flatMap(({ estimator, more }) => {
      const differing = [...estimator.slice(1), ...more.filter((flag) => !base.more.includes(flag))];
      return differing.length === 0 ? [] : [`      with ${[estimator[0], ...differing].join(' ')}`];
    });
    return [
      `  ${experiment.name}: ${experiment.summary}`,
      `      ${[...base.estimator, ...base.more].join(' ')}`,
      ...own,
      `      (${experiment.origin})`,
    ];
  });
  const paper = 'Tallec and Ollivier, Unbiased online recurrent optimization, 2018';
  return `\nExperiments and their defaults; the paper is ${paper}:\n${lines.join('\n')}`;
}

/** Flags with values: those of the estimator, and all others. */
function settingsOf({ usual, defaults }: Experiment, name: string): { estimator: string[]; more: string[] } {
  const { cell, estimator, optimizer, dtype, steps } = defaults(name);
  const flags = (settings: object) =>
    Object.entries(settings).map(([key, value]) => `${flagOf(key)} ${value}`);
  const { name: own, ...rest } = estimator;
  const { options: known } = estimatorTable[own];
  const byFlag = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [known[key]?.flag ?? key, value]),
  );
  const { name: rule, ...rates } = optimizer;
  return {
    estimator: [`--estimator ${own}`, ...flags(byFlag)],
    more: [
      ...(cell === undefined ? [] : flags({ cell: cell.name, units: cell.units })),
      ...flags({ optimizer: rule, ...rates, dtype, steps, ...usual }),
    ],
  };
}

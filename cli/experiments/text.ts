import { guard, UsageError } from '../../lib/index.ts';
import { markov, type TextTask, text as textTask } from '../../trainers/index.ts';
import type { Experiment, Yardstick } from './experiment.ts';
import { symbolDefaults, symbolTask } from './symbols.ts';
import { book, readText } from './textFile.ts';

export const text: Experiment = {
  name: 'text',
  summary: 'predict a text, character by character, in one pass',
  options: {
    data: guard.setting(guard.string, 'a text file in UTF-8; the book Moby-Dick if left out'),
    alphabet: guard.setting(guard.string, 'the characters that may occur; those of the file if left out'),
  },
  usual: {},
  origin: "rate γ, alpha, units, cell and optimiser are the paper's for a^n b^n; one pass over a book",
  defaults: (estimator) => symbolDefaults(estimator, { alpha: 0.03, window: 16, steps: 290_000 }),
  prepare(request) {
    const { task: wanted, seed } = request;
    const { data, text: content, sha256 } = readText(String(wanted.data ?? book));
    if (wanted.sha256 !== undefined && wanted.sha256 !== sha256)
      throw new UsageError(
        `${data} has changed: its SHA-256 is ${sha256}, the configuration has ${wanted.sha256}`,
      );
    const task = textTask(
      content,
      wanted.alphabet === undefined ? {} : { alphabet: String(wanted.alphabet) },
    );
    const pass = Array.from(content).length - 1;
    if (pass < 1) throw new UsageError(`${data} has one character only: prediction needs at least two`);
    return symbolTask(task, request, {
      task: { data, sha256, alphabet: task.alphabet.join(''), seed },
      pass,
      yardsticks: () => yardsticks(task),
    });
  },
};

/** Adaptive character models of order 0, 1 and 2, which have also seen the first character. */
function yardsticks(task: TextTask): Yardstick[] {
  const [first] = task;
  return [0, 1, 2].map((order) => {
    const model = markov({ symbols: task.symbols, order });
    model.observe(first.input);
    return { label: `order-${order} model`, observe: (symbol) => model.observe(symbol) };
  });
}

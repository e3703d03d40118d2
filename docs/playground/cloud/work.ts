// Runs every sequence of signs in a worker.
import { hear, tell } from '../worker/messages.ts';
import { clouds } from './cloud.ts';
import type { FromCloud, ToCloud } from './messages.ts';
import { rules } from './rules.ts';

hear<ToCloud>((asked) => {
  const begun = performance.now();
  const all = clouds(asked.seed, asked.steps);
  const rate = (1000 * rules.length * 4 ** asked.steps) / (performance.now() - begun);
  tell<FromCloud>({ asked, clouds: all, rate });
});

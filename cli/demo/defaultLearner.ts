// Runs the default learner of a text in its own thread.
import { parentPort, workerData } from 'node:worker_threads';
import { createTextModel } from '../../trainers/streams/index.ts';
import { sentenceOf } from '../errors.ts';
import type { DefaultLearner, DefaultScores } from './yardsticks.ts';

const { head, tail, seed } = workerData as DefaultLearner;

async function scores(): Promise<DefaultScores> {
  try {
    const model = createTextModel({ seed });
    const totals = () => {
      const { figures, scored } = model.report();
      return Object.entries(figures).map(([name, { mean }]) => [name, scored * mean] as const);
    };
    const begun = performance.now();
    await model.partialFit(head);
    const before = new Map(totals());
    await model.partialFit(tail);
    const bits = Object.fromEntries(
      totals().map(([name, bits]) => [name, [bits, bits - (before.get(name) ?? 0)] as const]),
    );
    return { kind: 'done', bits, seconds: (performance.now() - begun) / 1000 };
  } catch (error) {
    return { kind: 'failed', sentence: sentenceOf(error) };
  }
}

parentPort?.postMessage(await scores());
parentPort?.close();

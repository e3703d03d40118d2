// Runs one contestant in its own thread.
import { parentPort, workerData } from 'node:worker_threads';
import { sentenceOf } from '../errors.ts';
import { resolveWish } from '../experiments/resolve.ts';
import { openFolder } from '../training/folder.ts';
import { openRunFiles } from '../training/runFiles.ts';
import { train } from '../training/train.ts';
import type { Assignment, Message } from './messages.ts';

const { wish, folder } = workerData as Assignment;
let signal: NodeJS.Signals | undefined;
parentPort?.on('message', (name: NodeJS.Signals) => {
  signal = name;
});

function tell(message: Message): void {
  parentPort?.postMessage(message);
}

const stop = {
  get signal() {
    return signal;
  },
};

try {
  const plan = resolveWish(wish);
  const outcome = await train(plan, openRunFiles(openFolder(folder), plan), stop, {
    onProgress: (step) => tell({ kind: 'progress', step }),
    onRecord: (record) => tell({ kind: 'record', record }),
  });
  tell({ kind: 'done', outcome });
} catch (error) {
  tell({ kind: 'failed', sentence: sentenceOf(error) });
}
parentPort?.close();

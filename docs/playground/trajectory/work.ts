// Learns in a worker, and tells where the state has been.
import { hear, tell } from '../worker/messages.ts';
import { inSlices } from '../worker/slices.ts';
import type { FromTrajectory, ToTrajectory } from './messages.ts';
import { trailLength } from './setting.ts';
import { createStudy, type Study } from './study.ts';

const piece = 50;
const longest = 400_000;

let study: Study | undefined;
let number = 0;
let isWanted = false;
let sum = 0;
let taken = 0;

const slices = inSlices(
  () => {
    if (study === undefined) return false;
    sum += piece * study.advance(piece);
    taken += piece;
    return study.steps < longest;
  },
  (milliseconds) => {
    if (study === undefined || taken === 0) return;
    const { best, countBlind } = study;
    const trail = study.follow(trailLength);
    const rate = (1000 * (taken + trailLength)) / milliseconds;
    const { steps } = study;
    tell<FromTrajectory>({ kind: 'news', number, steps, rate, bits: sum / taken, best, countBlind, trail });
    sum = 0;
    taken = 0;
  },
  (error) =>
    tell<FromTrajectory>({
      kind: 'failed',
      sentence: error instanceof Error ? error.message : String(error),
    }),
  60,
);

hear<ToTrajectory>((message) => {
  if (message.kind === 'run') isWanted = message.isOn;
  else {
    number = message.number;
    study = createStudy(message.way, message.seed);
    sum = 0;
    taken = 0;
  }
  slices.run(isWanted && study !== undefined && study.steps < longest);
});

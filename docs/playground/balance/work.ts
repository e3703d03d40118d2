// Runs the race of the page in a worker.
import { hear, tell } from '../worker/messages.ts';
import { inSlices } from '../worker/slices.ts';
import type { FromBalance, ToBalance } from './messages.ts';
import { createRace, type Race, sharesOf } from './race.ts';
import { raceLength, racers, tooMuch } from './setting.ts';

const piece = 20;

let race: Race | undefined;
let number = 0;
let isWanted = false;

const isOver = () =>
  race === undefined || race.steps >= raceLength || racers.every((name) => (race?.loss(name) ?? 0) > tooMuch);

let taken = 0;
const slices = inSlices(
  () => {
    race?.advance(piece);
    taken += piece;
    return !isOver();
  },
  (milliseconds) => {
    if (race === undefined) return;
    const { steps, loss } = race;
    tell<FromBalance>({
      kind: 'news',
      race: number,
      steps,
      rate: (1000 * taken) / milliseconds,
      isOver: isOver(),
      losses: { rtrl: loss('rtrl'), uoro: loss('uoro'), blocks: loss('blocks'), window: loss('window') },
    });
    taken = 0;
  },
  refuse,
  // Faster changes cannot be followed, and drawing them takes time from the controls.
  40,
);

function refuse(error: unknown): void {
  race = undefined;
  tell<FromBalance>({ kind: 'refused', sentence: error instanceof Error ? error.message : String(error) });
}

hear<ToBalance>((message) => {
  if (message.kind === 'run') isWanted = message.isOn;
  else {
    number = message.race;
    try {
      race = createRace(message.setting);
      tell<FromBalance>({ kind: 'shares', shares: sharesOf(message.setting) });
    } catch (error) {
      refuse(error);
    }
  }
  slices.run(isWanted && !isOver());
});

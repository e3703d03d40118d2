import { formatBar } from '../terminal/bar.ts';
import { drawChart, inColorOf, type Point } from '../terminal/chart.ts';
import { createFrame } from '../terminal/frame.ts';
import { formatCount, formatFigure } from '../terminal/numbers.ts';
import type { Contestant } from './contest.ts';
import type { Race } from './settings.ts';

/** Shows a race while it is on; the function that comes back ends the show. */
export function show(stream: NodeJS.WriteStream, race: Race, contestants: readonly Contestant[], quiet: boolean): () => void {
  if (quiet) return () => {};
  stream.write(`${race.title}, ${formatCount(contestants[0].plan.config.steps)} steps\n`);
  return stream.isTTY && process.env.TERM !== 'dumb' ? livePicture(stream, contestants) : plainLines(stream, contestants);
}

/** One line when a contestant begins, has come half way, and is through. */
function plainLines(stream: NodeJS.WriteStream, contestants: readonly Contestant[]): () => void {
  const told = contestants.map(() => 0);
  function tell(): void {
    for (const [i, contestant] of contestants.entries()) {
      const { title, step, plan, outcome } = contestant;
      const stage = outcome !== undefined ? 3 : step >= plan.config.steps / 2 ? 2 : step > 0 ? 1 : 0;
      if (stage <= told[i]) continue;
      told[i] = stage;
      const through = outcome?.status === 'done' ? 'through' : (outcome?.status ?? '');
      stream.write(`${title}: ${['', 'begun', 'half way', through][stage]}${stage === 1 ? '' : `, ${latestOf(contestant)}`}\n`);
    }
  }
  const timer = setInterval(tell, 200);
  return () => {
    clearInterval(timer);
    tell();
  };
}

function livePicture(stream: NodeJS.WriteStream, contestants: readonly Contestant[]): () => void {
  const frame = createFrame(stream);
  const nameWidth = Math.max(...contestants.map(({ title }) => title.length));
  const { unit } = contestants[0].plan.prepared;
  const caption = unit === 'bits' ? 'bits per character, latest characters' : 'log10 of the loss, latest steps';
  const lines = () =>
    contestants.map((contestant, i) => {
      const { title, step, plan, outcome } = contestant;
      const state = step === 0 && outcome === undefined ? 'waiting' : latestOf(contestant);
      const end = outcome === undefined || outcome.status === 'done' ? '' : ` (${outcome.status})`;
      return `${inColorOf(i, title.padEnd(nameWidth))}  ${formatBar(step / plan.config.steps, 20)}  ${state}${end}`;
    });
  const timer = setInterval(() => {
    const width = Math.min(72, (stream.columns || 80) - 12);
    frame.draw([...drawChart(contestants.map(pointsOf), width, 9, caption), ...lines()]);
  }, 200);
  return () => {
    clearInterval(timer);
    frame.clear();
  };
}

function latestOf({ records, plan }: Contestant): string {
  const last = records.at(-1);
  return last === undefined ? '' : formatFigure(last.windowBits ?? last.windowLoss, plan.prepared.unit);
}

function pointsOf({ records }: Contestant): Point[] {
  return records.flatMap(({ step, windowBits, windowLoss }): Point[] => {
    if (windowBits !== undefined) return [[step, windowBits]];
    return windowLoss > 0 ? [[step, Math.max(-40, Math.min(20, Math.log10(windowLoss)))]] : [];
  });
}

import { formatBar } from '../terminal/bar.ts';
import { drawChart, inColorOf, type Point } from '../terminal/chart.ts';
import { formatCount, formatFigure } from '../terminal/numbers.ts';
import type { Line, Screen } from '../terminal/screen.ts';
import type { Contestant } from './contest.ts';
import type { Race } from './settings.ts';

/** Shows a running race. Returns a function that ends the display. */
export function show(
  screen: Screen,
  race: Race,
  contestants: readonly Contestant[],
  quiet: boolean,
): () => void {
  if (quiet) return () => {};
  screen.tell(`${race.title}, ${formatCount(contestants[0].plan.config.steps)} steps`);
  return screen.isLive ? livePicture(screen, contestants) : plainLines(screen, contestants);
}

/** Prints a line when a contestant starts, is half way, and finishes. */
function plainLines(screen: Screen, contestants: readonly Contestant[]): () => void {
  const told = contestants.map(() => 0);
  function tell(): void {
    for (const [i, contestant] of contestants.entries()) {
      const { title, step, plan, outcome } = contestant;
      const stage = outcome !== undefined ? 3 : step >= plan.config.steps / 2 ? 2 : step > 0 ? 1 : 0;
      if (stage <= told[i]) continue;
      told[i] = stage;
      const through = outcome?.status === 'done' ? 'through' : (outcome?.status ?? '');
      screen.tell(
        `${title}: ${['', 'begun', 'half way', through][stage]}${stage === 1 ? '' : `, ${latestOf(contestant)}`}`,
      );
    }
  }
  const timer = setInterval(tell, 200);
  return () => {
    clearInterval(timer);
    tell();
  };
}

function livePicture(screen: Screen, contestants: readonly Contestant[]): () => void {
  const nameWidth = Math.max(...contestants.map(({ title }) => title.length));
  const { unit } = contestants[0].plan.prepared;
  const caption =
    unit === 'bits' ? 'bits per character, latest characters' : 'log10 of the loss, latest steps';
  const lines = () =>
    contestants.map((contestant, i): Line => {
      const { title, step, plan, outcome } = contestant;
      const state = step === 0 && outcome === undefined ? 'waiting' : latestOf(contestant);
      const end = outcome === undefined || outcome.status === 'done' ? '' : ` (${outcome.status})`;
      const rest = { text: `  ${formatBar(step / plan.config.steps, 20)}  ${state}${end}` };
      return [inColorOf(i, title.padEnd(nameWidth)), rest];
    });
  const timer = setInterval(() => {
    const width = Math.min(72, screen.columns - 12);
    screen.draw([...drawChart(contestants.map(pointsOf), width, 9, caption), ...lines()]);
  }, 200);
  return () => {
    clearInterval(timer);
    screen.clear();
  };
}

function latestOf({ records, plan }: Contestant): string {
  const last = records.at(-1);
  return last === undefined ? '' : formatFigure(last.recent, plan.prepared.unit);
}

function pointsOf({ records }: Contestant): Point[] {
  return records.flatMap(({ step, unit, recent }): Point[] => {
    if (unit === 'bits') return [[step, recent]];
    return recent > 0 ? [[step, Math.max(-40, Math.min(20, Math.log10(recent)))]] : [];
  });
}

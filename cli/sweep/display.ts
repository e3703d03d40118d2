import { formatBar } from '../terminal/bar.ts';
import { formatCount, formatSeconds } from '../terminal/numbers.ts';
import type { Screen } from '../terminal/screen.ts';
import type { Member } from './pool.ts';

/** Milliseconds between two plain lines if there is no terminal. */
const pause = 10_000;

/** Shows how far a sweep is. Returns a function that ends the display. */
export function showSweep(screen: Screen, members: readonly Member[], isQuiet: boolean): () => void {
  if (isQuiet) return () => {};
  const started = performance.now();
  const first = stepsOf(members);
  const total = members.reduce((sum, { run }) => sum + run.config.steps, 0);
  let nextLine = started + pause;
  let told = members.filter(({ end }) => end !== undefined).length;
  function line(): string {
    const count = (wanted: Member['end']) => members.filter(({ end }) => end === wanted).length;
    const now = stepsOf(members);
    const elapsed = (performance.now() - started) / 1000;
    const left = formatSeconds((elapsed / (now - first)) * (total - now));
    const others = (['diverged', 'failed'] as const).flatMap((end) =>
      count(end) === 0 ? [] : [`${count(end)} ${end}`],
    );
    return [
      `${formatCount(count('done'))} of ${formatCount(members.length)} runs done`,
      ...others,
      `${left} left`,
    ].join(', ');
  }
  const timer = setInterval(() => {
    if (screen.isLive) {
      const running = members.filter(({ end, steps }) => end === undefined && steps > 0).slice(0, 8);
      screen.draw([
        `${formatBar(stepsOf(members) / total, 20)}  ${line()}`,
        ...running.map(({ run, steps }) => `  ${formatBar(steps / run.config.steps, 10)}  ${run.name}`),
      ]);
      return;
    }
    const over = members.filter(({ end }) => end !== undefined).length;
    if (performance.now() < nextLine || over === told) return;
    told = over;
    nextLine = performance.now() + pause;
    screen.tell(line());
  }, 200);
  return () => {
    clearInterval(timer);
    screen.clear();
  };
}

/** A run that is over counts whole, also if it ended early. */
function stepsOf(members: readonly Member[]): number {
  return members.reduce(
    (sum, { run, steps, end }) => sum + (end === undefined ? steps : run.config.steps),
    0,
  );
}

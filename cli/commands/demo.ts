import { type Contestant, contest, enter, type Stopper } from '../demo/contest.ts';
import { show } from '../demo/display.ts';
import { probed } from '../demo/probed.ts';
import { balancingText, bookText, resultOf, yardstickOf } from '../demo/results.ts';
import { balancingRace, bookRace, length, type Race } from '../demo/settings.ts';
import { type BookScore, compressors, defaultLearner } from '../demo/yardsticks.ts';
import { exitCodes } from '../errors.ts';
import { signalExitCode } from '../signals.ts';
import { complain, createScreen } from '../terminal/screen.ts';
import { shown } from '../terminal/shown.ts';
import { claimFolder, fileNames } from '../training/folder.ts';
import { watchSignals } from '../training/stop.ts';
import type { DemoOptions } from './options/demoOptions.ts';

/** `norewind demo`. Returns the exit code. */
export async function demo(options: DemoOptions): Promise<number> {
  const settings = {
    balancingSteps: options.steps,
    bookCharacters: options.characters,
    bookLastPart: Math.max(1, Math.round((options.characters * length.bookLastPart) / length.bookCharacters)),
    probeSteps: Math.max(2, Math.round((options.steps * length.probeSteps) / length.balancingSteps)),
    seed: options.seed,
  };
  const races = [balancingRace(settings), bookRace(settings)] as const;
  // Try everything before writing anything.
  races.forEach((race) => {
    enter(race, '');
  });
  const folder = claimFolder(options.out, 'demo', options.force === true);
  folder.settle();
  const stopper = createStopper();
  const { watch } = stopper;
  const entries: { race: Race; contestants: Contestant[]; scores: readonly BookScore[] }[] = [];
  for (const [i, race] of races.entries()) {
    const contestants = enter(race, folder.path);
    const entry = { race, contestants, scores: [] as readonly BookScore[] };
    entries.push(entry);
    if (watch.signal !== undefined) break;
    const screen = createScreen();
    const endShow = show(screen, race, contestants, options.quiet === true);
    try {
      await contest(contestants, stopper);
    } finally {
      endShow();
    }
    if (i === 1 && watch.signal === undefined) {
      if (options.quiet !== true) screen.tell('norewind train, with its defaults, on the same characters');
      const own = await defaultLearner(settings, stopper);
      if (own !== undefined) entry.scores = [...own, ...compressors(settings)];
    }
    if (options.json) {
      const events = [
        ...contestants.map((contestant) => resultOf(race.name, contestant)),
        ...entry.scores.map((score) => yardstickOf(race.name, score)),
      ];
      for (const event of events) await watch.write(`${JSON.stringify(event)}\n`);
    } else if (watch.signal === undefined)
      await watch.write(`${race.title}\n\n${[balancingText, bookText][i](contestants, entry.scores)}\n`);
  }
  const findings = watch.signal === undefined ? await probed(settings, watch) : [];
  const kept = `the states of the contestants are in ${folder.path}`;
  watch.requireOutput(kept);
  if (watch.signal !== undefined) {
    complain(`stopped by ${watch.signal}; ${kept}`);
    return signalExitCode(watch.signal);
  }
  const { demoReport } = await import('../demo/report.ts');
  const report = folder.write(fileNames.report, demoReport(entries[0], entries[1], findings));
  await watch.write(
    options.json ? `${JSON.stringify({ event: 'end', report })}\n` : `Report: ${shown(report)}\n`,
  );
  watch.requireOutput(kept);
  return exitCodes.done;
}

function createStopper(): Stopper {
  let onSignal = () => {};
  const watch = watchSignals(() => onSignal());
  return {
    watch,
    onSignal: (action) => {
      onSignal = action;
    },
  };
}

import { expect } from 'chai';
import type { Listener } from '../../../../cli/stream/run/listener.ts';
import type { StreamRun } from '../../../../cli/stream/run/openRun.ts';
import { statusListener } from '../../../../cli/stream/run/statusListener.ts';
import type { Line } from '../../../../cli/terminal/screen.ts';
import { Problem } from '../../../../trainers/streams/reading/problem.ts';

describe('cli/stream: the status of a run', () => {
  let drawn: readonly Line[] = [];
  let told: string[] = [];
  const screen = {
    isLive: true,
    columns: 80,
    tell: (line: string) => void told.push(line),
    clear() {},
    draw: (lines: readonly Line[]) => {
      drawn = lines;
    },
  };

  /** The last line that is drawn after these shares of the input have been used. */
  function lineAfter(...shares: readonly (number | undefined)[]): string {
    let share: number | undefined;
    const listener = statusListener(screen, false, () => share);
    const run = { folder: 'runs/x', position: { records: 0 }, config: { data: { kind: 'text' } } };
    listener.begin?.(run as unknown as StreamRun);
    for (const own of shares) {
      share = own;
      run.position.records += 1000;
      listener.onProgress?.(run as unknown as StreamRun);
    }
    return String(drawn.at(-1));
  }

  it('says how long it will take, if the size of the input is known', () => {
    expect(lineAfter(0.1, 0.5)).to.match(/^record 2,000, [0-9,]+ a second, about \d+(\.\d)? s left$/);
  });

  it('says with the first record how the columns are taken', () => {
    const columnsLine = (data: object) => {
      told = [];
      const run = { folder: 'runs/x', position: { records: 0 }, config: { data: { kind: 'csv', ...data } } };
      const listener = statusListener(screen, false, () => undefined);
      listener.begin?.(run as unknown as StreamRun);
      run.position.records = 1;
      listener.onProgress?.(run as unknown as StreamRun);
      return told[1];
    };
    const columns = ['sky', 'x'];
    expect(columnsLine({ target: 'x', columns, categorical: ['sky'] })).to.equal(
      'Predicts x from sky (categories), x',
    );
    // As of an index that was written without a name.
    expect(columnsLine({ target: 'x', columns: ['', 'x'], categorical: [] })).to.equal(
      'Predicts x from "", x',
    );
    const timed = { timestamp: ['day', 'hour'], timeFormat: '%d/%m/%Y' };
    expect(columnsLine({ target: 'x', columns, categorical: [], ...timed })).to.equal(
      'Predicts x from sky, x; times: day, hour (%d/%m/%Y)',
    );
    const many = Array.from({ length: 15 }, (_, i) => `c${i}`);
    expect(columnsLine({ target: 'c0', columns: many, categorical: [] })).to.match(/, c11, 3 more$/);
  });

  it('does not say that it has begun if the data are refused at once, and says it first otherwise', () => {
    const begun = (records: number, act: (listener: Listener, run: StreamRun) => void) => {
      told = [];
      const listener = statusListener(screen, false, () => undefined);
      const own = { folder: 'runs/x', position: { records, skipped: 0 }, config: { data: { kind: 'text' } } };
      const run = own as unknown as StreamRun;
      listener.begin?.(run);
      act(listener, run);
      listener.close?.(run);
      return told;
    };
    const learning = 'Learning; everything is kept in runs/x';
    expect(begun(0, () => {})).to.deep.equal([]);
    expect(begun(0, ({ onProgress }, run) => onProgress?.(run))).to.deep.equal([]);
    expect(begun(0, ({ onProblem }) => onProblem?.(new Problem('bad')))).to.deep.equal([
      learning,
      'left out: bad',
    ]);
    expect(begun(1000, () => {})).to.deep.equal([
      'Resuming after 1,000 records; everything is kept in runs/x',
    ]);
  });

  it('does not before more has been used than at the start, or without a size', () => {
    for (const shares of [[0.5], [0.5, 0.5], [undefined, undefined]])
      expect(lineAfter(...shares)).to.match(/^record [0-9,]+, [0-9,]+ a second$/);
  });
});

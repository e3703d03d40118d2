import { expect } from 'chai';
import type { StreamRun } from '../../../../cli/stream/run/openRun.ts';
import { statusListener } from '../../../../cli/stream/run/statusListener.ts';
import type { Line } from '../../../../cli/terminal/screen.ts';

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

  it('says at its begin how the columns are taken', () => {
    const columnsLine = (data: object) => {
      told = [];
      const run = { folder: 'runs/x', position: { records: 0 }, config: { data: { kind: 'csv', ...data } } };
      statusListener(screen, false, () => undefined).begin?.(run as unknown as StreamRun);
      return told[1];
    };
    const columns = ['sky', 'x'];
    expect(columnsLine({ target: 'x', columns, categorical: ['sky'] })).to.equal(
      'Predicts x from sky (categories), x',
    );
    const timed = { timestamp: ['day', 'hour'], timeFormat: '%d/%m/%Y' };
    expect(columnsLine({ target: 'x', columns, categorical: [], ...timed })).to.equal(
      'Predicts x from sky, x; times: day, hour (%d/%m/%Y)',
    );
    const many = Array.from({ length: 15 }, (_, i) => `c${i}`);
    expect(columnsLine({ target: 'c0', columns: many, categorical: [] })).to.match(/, c11, 3 more$/);
  });

  it('does not before more has been used than at the start, or without a size', () => {
    for (const shares of [[0.5], [0.5, 0.5], [undefined, undefined]])
      expect(lineAfter(...shares)).to.match(/^record [0-9,]+, [0-9,]+ a second$/);
  });
});

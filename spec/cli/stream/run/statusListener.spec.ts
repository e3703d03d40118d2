import { expect } from 'chai';
import type { StreamRun } from '../../../../cli/stream/run/openRun.ts';
import { statusListener } from '../../../../cli/stream/run/statusListener.ts';
import type { Line } from '../../../../cli/terminal/screen.ts';

describe('cli/stream: the status of a run', () => {
  /** The last line that is drawn after these shares of the input have been used. */
  function lineAfter(...shares: readonly (number | undefined)[]): string {
    let drawn: readonly Line[] = [];
    let share: number | undefined;
    const screen = {
      isLive: true,
      columns: 80,
      tell() {},
      clear() {},
      draw: (lines: readonly Line[]) => {
        drawn = lines;
      },
    };
    const listener = statusListener(screen, false, () => share);
    const run = { folder: 'runs/x', position: { records: 0 } };
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

  it('does not before more has been used than at the start, or without a size', () => {
    for (const shares of [[0.5], [0.5, 0.5], [undefined, undefined]])
      expect(lineAfter(...shares)).to.match(/^record [0-9,]+, [0-9,]+ a second$/);
  });
});

export interface Slices {
  /** Works from now on, or no longer. */
  run(isOn: boolean): void;
}

/** Milliseconds of work between two reports: one frame of the page. */
const slice = 14;

/**
 * Works in slices, with a report after each, so that messages are heard in between.
 * @param work one piece; returns whether there is more. @param report is told the pieces a second of late.
 */
export function inSlices(work: () => boolean, report: (rate: number) => void): Slices {
  const turn = new MessageChannel();
  let isOn = false;
  let isDue = false;
  let rate = 0;
  turn.port1.onmessage = () => {
    isDue = false;
    if (!isOn) return;
    const begun = performance.now();
    let count = 0;
    let now = begun;
    while (isOn && now - begun < slice) {
      isOn = work();
      count++;
      now = performance.now();
    }
    const own = (1000 * count) / Math.max(now - begun, 0.05);
    rate = rate === 0 ? own : 0.9 * rate + 0.1 * own;
    report(rate);
    next();
  };
  function next(): void {
    if (!isOn || isDue) return;
    isDue = true;
    turn.port2.postMessage(null);
  }
  return {
    run(on) {
      isOn = on;
      next();
    },
  };
}

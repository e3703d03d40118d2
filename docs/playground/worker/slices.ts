export interface Slices {
  /** Works from now on, or no longer. */
  run(isOn: boolean): void;
}

/** Milliseconds of work between two reports: one frame of the page. */
const slice = 14;

/**
 * Works in slices, with reports between them, so that messages are heard.
 * @param work one piece; returns whether there is more. @param report is told the milliseconds since the last report,
 * or since the beginning of the work. @param fail is told of an error, which ends the work. @param every the milliseconds
 * between two reports at least; the last one comes at once.
 */
export function inSlices(
  work: () => boolean | Promise<boolean>,
  report: (milliseconds: number) => void,
  fail: (error: unknown) => void,
  every = slice,
): Slices {
  const turn = new MessageChannel();
  let isOn = false;
  let isDue = false;
  let reported = 0;

  async function takeTurn(): Promise<void> {
    const begun = performance.now();
    let isMore = true;
    while (isOn && isMore && performance.now() - begun < slice) {
      const more = work();
      isMore = typeof more === 'boolean' ? more : await more;
    }
    if (!isMore) isOn = false;
    const now = performance.now();
    if (isMore && now - reported < every) return;
    report(now - reported);
    reported = now;
  }

  turn.port1.onmessage = () => {
    takeTurn()
      .catch((error: unknown) => {
        isOn = false;
        fail(error);
      })
      .finally(() => {
        isDue = false;
        next();
      });
  };

  function next(): void {
    if (!isOn || isDue) return;
    isDue = true;
    turn.port2.postMessage(null);
  }

  return {
    run(on) {
      if (on && !isOn) reported = performance.now();
      isOn = on;
      next();
    },
  };
}

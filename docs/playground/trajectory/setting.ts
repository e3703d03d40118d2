/** How the network of the trajectory learns. */
export const ways = ['rtrl', 'uoro', 'tbptt'] as const;
export type Way = (typeof ways)[number];

export const names: Readonly<Record<Way, string>> = {
  rtrl: 'RTRL',
  uoro: 'UORO',
  tbptt: 'TBPTT, 4 steps',
};

/** The states that are shown, the latest. */
export const trailLength = 280;
/** The symbols of the task as their index: a newline, a, b. */
export const symbols = ['⏎', 'a', 'b'] as const;

import { type Doors, door } from './walk.ts';

export const plotDoors: Doors = {
  plot: door(() => [
    [3, 2, 1],
    { x: 'step', y: 'loss', xScale: 'log', yScale: 'linear', points: 100, levels: { best: 0.5 } },
  ]),
};

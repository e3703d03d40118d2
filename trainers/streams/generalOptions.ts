import { guard } from '../../lib/index.ts';

/** The settings that belong to neither the estimator, nor the cell, nor the optimiser. */
export const generalOptions = {
  units: guard.setting(guard.whole(1, 4096), 'its units; 64 for a text and 32 for rows if left out'),
  readout: guard.setting(
    guard.oneOf('linear', 'mlp'),
    'what the output of the cell goes through: linear, or mlp, with a layer of tanh units and a direct path; linear for a text and mlp for rows if left out',
  ),
  dtype: guard.setting(guard.oneOf('float32', 'float64'), 'the numbers of the network; float32 if left out'),
  seed: guard.setting(guard.whole(0, 2 ** 32 - 1), 'of parameters and draws; 1 if left out'),
  recent: guard.setting(guard.whole(1, 1e6), 'how many predictions the recent figures are the mean of; 1,000 if left out'),
  every: guard.setting(guard.whole(1, 1e12), 'records between two lines of metrics; 1,000 if left out'),
};

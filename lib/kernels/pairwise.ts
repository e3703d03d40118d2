/** The longest run of numbers summed one by one. Longer sums are split in two. */
export const pairwiseBlock = 128;

/** The most rows that `scatterAdd` sums in their own dtype; with more, rounding would matter. */
export const fewRows = 16;

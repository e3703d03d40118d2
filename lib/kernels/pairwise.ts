/** The longest run of numbers summed one by one. Longer sums are split in two. */
export const pairwiseBlock = 128;

/** The longest run of numbers summed one by one. Longer sums are split in two. */
export const pairwiseBlock = 128;

/** How many rows `scatterAdd` adds to one another in their own dtype: with more, what rounding loses would count. */
export const fewRows = 16;

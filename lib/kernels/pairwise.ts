/** How many numbers are added up one by one; longer sums are split in two. */
export const pairwiseBlock = 128;

// Memory that a kernel may use for as long as it runs: large, so they share it.

/** Panels of the left matrix of a product, 64 rows 256 deep; strips and their sums elsewhere. */
export const panelsA = memory.data(64 * 256 * 8, 64);
/** Panels of the right one, 256 rows of 1024 bytes. */
export const panelsB = memory.data(256 * 1024, 64);

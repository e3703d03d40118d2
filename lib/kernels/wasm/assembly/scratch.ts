// Large scratch memory shared by all kernels. Its contents last no longer than the kernel that wrote them.

/** Panels of a product's left matrix, 64 rows 256 deep; strips and their sums in other kernels. */
export const panelsA = memory.data(64 * 256 * 8, 64);
/** Panels of the right matrix, 256 rows of 1024 bytes. */
export const panelsB = memory.data(256 * 1024, 64);

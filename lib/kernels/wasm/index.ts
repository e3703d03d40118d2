/** The kernels in WebAssembly SIMD, and the machine that runs a plan of them in one call. */
export { Machine, type Memory, reservedBytes } from './machine.ts';
export { float64, type OpName, opcodes, operands, written } from './opcodes.ts';

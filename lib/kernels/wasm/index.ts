/** The kernels in WebAssembly SIMD, and the machine that runs a plan of them in one call. */
export { isComparison, isLoopable, type Loop, type LoopOperand } from './loops.ts';
export { Machine, type Memory, reservedBytes } from './machine.ts';
export {
  hasRelaxedSimd,
  type RelaxedSimd,
  relaxedSimdChoice,
  relaxedSimdNeeds,
  requireRelaxedSimd,
  resolveRelaxedSimd,
} from './modules.ts';
export { ends, float64, isElementwise, type OpName, opcodes, operands, singles, written } from './opcodes.ts';

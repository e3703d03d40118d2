export { type Compiled, type CompileOptions, compile } from './compile.ts';
export { checkProgram, type Program, printProgram } from './equations/program.ts';
export type { Care, Schedule } from './equations/schedule.ts';
export { Execution } from './execution.ts';
export { type Explained, explain } from './explain.ts';
export { type Declare, evaluateProgram, type Traced, trace } from './trace.ts';

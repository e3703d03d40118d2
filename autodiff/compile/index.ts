export { type Compiled, type CompileOptions, compile } from './compile.ts';
export { Execution } from './execution.ts';
export { NotPlannable } from './not-plannable.ts';
export { checkProgram, type Program, printProgram } from './program.ts';
export { type Runner, runnerOf } from './reference.ts';
export type { Care } from './schedule.ts';
export { type Declare, evaluateProgram, type Traced, trace } from './trace.ts';

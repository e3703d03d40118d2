import {
  guard,
  leavesOf,
  mapTree,
  rebuild,
  Tensor,
  type Tree,
  UnknownValueError,
  wasm,
} from '../../lib/index.ts';
import { liftTree } from '../arguments.ts';
import { callName, dualsOutside, isUnderTransform } from '../level.ts';
import { isClosed, type Program, printProgram, typeName } from './equations/program.ts';
import { Execution } from './execution.ts';
import { trace } from './trace.ts';

/** A function that runs on a plan. */
export interface Compiled<A extends readonly unknown[], R> {
  (...args: A): R;
  /** The program for arguments like these; `String(program)` prints it. */
  program(...example: A): Program;
  /**
   * The number of plans: one for each combination of structure, shapes and dtypes of the arguments seen so
   * far.
   */
  readonly plans: number;
  /** The memory of all plans, in bytes. */
  readonly planBytes: number;
}

export interface CompileOptions {
  /**
   * Lets the processor round a sum of products once instead of twice: faster by up to a fifth, and no
   * longer the same digits on every machine. ConfigurationError where the platform cannot: Node 20 needs
   * `--experimental-wasm-relaxed-simd`. `'auto'` does so where the platform can and nothing is float64.
   * False by default.
   */
  readonly relaxedSimd?: wasm.RelaxedSimd;
}

interface Specialisation {
  readonly program: Program;
  readonly result: Tree;
  readonly execution: Execution;
  /** The number of dual numbers outside all transforms when f was last found not to close over any. */
  duals: number;
}

/**
 * Traces f once for each structure, shapes and dtypes of its arguments, and from then on runs a plan of it:
 * buffers laid out in one memory, and one call that runs every kernel.
 *
 * Shapes may steer f, values may not: reading one while f is traced throws `UnknownValueError`. Values
 * that f closes over are constants of the plan, read when f is traced: pass a value that changes from call
 * to call as an argument. Inside a differentiation or another trace the compiled function is f itself, so
 * that no derivative is lost along what f closes over. A plan calls back a primitive that has no kernel, a
 * user's own; all else runs as it would without.
 *
 * @throws ConfigurationError when relaxed SIMD is asked for and missing, at the first call.
 */
export function compile<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: CompileOptions = {},
): Compiled<A, R> {
  callName('compile', f);
  guard.options('compile', options, { relaxedSimd: wasm.relaxedSimdChoice });
  const cache = new Map<string, Specialisation>();
  const specialise = (args: readonly Tree[], leaves: readonly Tensor[]): Specialisation | undefined => {
    const key = `${leaves.map(typeName).join(';')}|${args.map(structureOf).join(';')}`;
    const known = cache.get(key);
    const duals = dualsOutside();
    if (known?.duals === duals) return known;
    const { program, result } = trace(f.name || 'f', (declare) => {
      const symbols = leaves.map((leaf) => declare(leaf, leaf.label));
      return f(...(splitLike(args, symbols) as A));
    });
    if (!isClosed(program)) {
      cache.delete(key);
      return undefined;
    }
    const made = known ?? { program, result, execution: new Execution(program, options), duals };
    made.duals = duals;
    cache.set(key, made);
    return made;
  };
  const compiled = (...args: A): R => {
    const lifted: readonly Tree[] = args.map(liftTree);
    const leaves = lifted.flatMap(leavesOf);
    const own = () => liftTree(f(...(lifted as A)));
    if (leaves.some(({ level }) => level !== 0)) return own();
    // A plan made earlier knows nothing of a tensor under differentiation that f has come to close over
    // since:
    // let x = tensor(3); const g = compile((y) => mul(x, y)); g(tensor(2)); jvp((v) => { x = v; return
    // g(tensor(2)); }, [x], [one])
    if (isUnderTransform()) {
      const result = own();
      // A value that f closes over has changed: f would now be traced to another program.
      if (leavesOf(result).some(({ level }) => level !== 0)) cache.clear();
      return result;
    }
    const made = specialise(lifted, leaves);
    if (made === undefined) return own();
    const { program, result, execution } = made;
    leaves.forEach((leaf, i) => {
      execution.write(i, leaf);
    });
    execution.check();
    execution.run();
    return rebuild(
      result,
      program.outputs.map((_, i) => execution.read(i)),
    ) as R;
  };
  return Object.defineProperties(compiled, {
    name: { value: f.name },
    plans: { get: () => cache.size },
    planBytes: {
      get: () => [...cache.values()].reduce((sum, { execution }) => sum + execution.bytes, 0),
    },
    program: {
      value: (...example: A) => {
        const lifted = example.map(liftTree);
        const program = specialise(lifted, lifted.flatMap(leavesOf))?.program;
        if (program === undefined)
          throw new UnknownValueError(
            `program: ${f.name || 'f'} closes over a tensor that is being differentiated or traced; pass it as an argument`,
          );
        return { ...program, toString: () => printProgram(program) };
      },
    },
  }) as Compiled<A, R>;
}

function splitLike(args: readonly Tree[], leaves: readonly Tensor[]): readonly Tree[] {
  let at = 0;
  return args.map((arg) => mapTree(arg, () => leaves[at++]));
}

/** The tree with its tensors left out, as a key. */
function structureOf(tree: Tree): string {
  if (tree instanceof Tensor) return 't';
  if (Array.isArray(tree)) return `[${tree.map(structureOf).join()}]`;
  return `{${Object.entries(tree)
    .map(([key, part]) => `${JSON.stringify(key)}:${structureOf(part)}`)
    .join()}}`;
}

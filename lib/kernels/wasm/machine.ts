import type { DType } from '../../dtype.ts';
import { ResourceError } from '../../errors.ts';
import { type Loop, loopsModule } from './loops.ts';
import { kernelsOf } from './modules.ts';
import { reservedBytes } from './strict.ts';

/** Bytes at the start of the memory reserved for the kernels' tables and packing space. A multiple of 64. */
export { reservedBytes };

/**
 * The parts of WebAssembly used here. Node and browsers have them, but this file is compiled without their
 * types.
 */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => Memory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: Memory; call?: (id: number) => void; loop?: unknown } },
  ) => { readonly exports: object };
};

/** The bytes of a machine. Views of them are made once and stay valid. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

export interface MachineOptions {
  /**
   * Allows fused multiply-add (one rounding instead of two) if the processor has it: faster, but results
   * differ between machines.
   */
  readonly relaxed?: boolean | undefined;
  /** Called by the instruction `call`. If it throws, the run ends there. */
  readonly call?: (id: number) => void;
  /** The loops that the instruction `loop` runs, by index. */
  readonly loops?: readonly Loop[];
}

interface Kernels {
  run(begin: number, end: number): void;
  finite32(at: number, size: number): number;
  finite64(at: number, size: number): number;
}

/**
 * A WebAssembly memory of fixed size with the kernels and the interpreter that runs plans in it. The memory
 * never grows, since growing would detach every view.
 */
export class Machine {
  readonly memory: Memory;
  readonly #kernels: Kernels;

  /**
   * @param bytes the size of the memory, rounded up to pages of 64 KiB. The first `reservedBytes` are the
   * kernels'.
   * @throws ConfigurationError if the platform has no relaxed SIMD, ResourceError if the memory cannot be
   * reserved.
   */
  constructor(bytes: number, { relaxed = false, call = () => {}, loops = [] }: MachineOptions = {}) {
    const pages = Math.ceil(Math.max(bytes, reservedBytes) / 65536);
    this.memory = reserve(pages);
    const env = { memory: this.memory, call, loop: loopsIn(this.memory, loops, relaxed) };
    const instance = new WebAssembly.Instance(kernelsOf(relaxed ? 'relaxed' : 'strict'), { env });
    this.#kernels = instance.exports as Kernels;
  }

  /** Runs the instructions between two byte addresses. */
  run(begin: number, end: number): void {
    this.#kernels.run(begin, end);
  }

  /** Whether no element is NaN or infinite. int32 buffers always pass. */
  finite(
    buffers: readonly { readonly dtype: DType; readonly address: number; readonly size: number }[],
  ): boolean {
    return buffers.every(({ dtype, address, size }) => {
      if (dtype === 'int32') return true;
      return (
        (dtype === 'float32'
          ? this.#kernels.finite32(address, size)
          : this.#kernels.finite64(address, size)) === 1
      );
    });
  }
}

/** WebAssembly has 32-bit addresses. */
const mostPages = 65536;

/**
 * A memory of this size. V8 reserves 10 GiB of address space for each, whatever its size: out-of-bounds
 * accesses then fault instead of being checked. Declaring a maximum does not change that.
 */
function reserve(pages: number): Memory {
  const size = `a plan needs ${Math.ceil(pages / 16)} MiB`;
  if (pages > mostPages)
    throw new ResourceError(
      `${size}, and WebAssembly has at most 4096: use fewer units, or a form of the estimator that carries less`,
    );
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch {
    throw new ResourceError(
      `${size}, and this process cannot reserve the 10 GiB of address space that WebAssembly takes for it: raise the limit (ulimit -v), start Node with --disable-wasm-trap-handler (NODE_OPTIONS does too), which takes less and is slower, or learn with eager: true`,
    );
  }
}

/** The function that runs a loop, by its index and the address of its words. From another module it is as fast. */
function loopsIn(memory: Memory, loops: readonly Loop[], relaxed: boolean): unknown {
  if (loops.length === 0) return () => {};
  const module = new WebAssembly.Module(loopsModule(loops, relaxed));
  return (new WebAssembly.Instance(module, { env: { memory } }).exports as { run: unknown }).run;
}

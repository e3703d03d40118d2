import type { DType } from '../../dtype.ts';
import { ConfigurationError } from '../../errors.ts';
import type { Check } from '../../guard/index.ts';
import { binary as relaxedBinary } from './relaxed.ts';
import { binary as strictBinary } from './strict.ts';
import { unpack } from './unpack.ts';

/** This file is compiled without the types of Node and browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
};

/** Whether to use the kernels with relaxed SIMD: `auto` does for float32 where the engine has it. */
export type RelaxedSimd = boolean | 'auto';

export const relaxedSimdChoice: Check = {
  what: "true, false or 'auto'",
  holds: (value) => typeof value === 'boolean' || value === 'auto',
};

/** The way to relaxed SIMD for an engine that does not have it. */
export const relaxedSimdNeeds = 'Node 22 or later, or Node 20 with --experimental-wasm-relaxed-simd';

/** Whether the engine has relaxed SIMD and this build of norewind kernels for it. */
export function hasRelaxedSimd(): boolean {
  return whyNotRelaxed() === undefined;
}

/** @throws ConfigurationError if the kernels with relaxed SIMD cannot run here. */
export function requireRelaxedSimd(): void {
  const reason = whyNotRelaxed();
  if (reason !== undefined) throw new ConfigurationError(`relaxedSimd: ${reason}, or leave the option out`);
}

/** Settles a choice for numbers of these types. */
export function resolveRelaxedSimd(choice: RelaxedSimd, dtypes: readonly DType[]): boolean {
  return choice === 'auto' ? !dtypes.includes('float64') && hasRelaxedSimd() : choice;
}

let reasonKnown: { readonly reason: string | undefined } | undefined;

/** Asks the engine once. */
function whyNotRelaxed(): string | undefined {
  reasonKnown ??= { reason: reasonAgainst(unpack(relaxedBinary)) };
  return reasonKnown.reason;
}

function reasonAgainst(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  if (bytes.length === 0) return 'norewind/browser has no relaxed kernels; bundle norewind itself';
  return WebAssembly.validate(bytes)
    ? undefined
    : `this platform does not have it; it needs ${relaxedSimdNeeds}`;
}

/** Compiled once; machines share the code. */
const modules = new Map<'strict' | 'relaxed', object>();

/** The compiled kernels. @throws ConfigurationError if the relaxed ones cannot run here. */
export function kernelsOf(kind: 'strict' | 'relaxed'): object {
  const known = modules.get(kind);
  if (known !== undefined) return known;
  if (kind === 'relaxed') requireRelaxedSimd();
  const module = new WebAssembly.Module(unpack(kind === 'relaxed' ? relaxedBinary : strictBinary));
  modules.set(kind, module);
  return module;
}

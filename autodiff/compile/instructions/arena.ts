import type { DType } from '../../../lib/index.ts';
import { type Buffer, buffersIn, type Instruction } from './instruction.ts';

const alignment = 64;
export const bytesPer: Readonly<Record<DType, number>> = { float32: 4, float64: 8, int32: 4 };

/**
 * Assigns every buffer an address: pinned ones first, then each temporary for as long as instructions use it,
 * in the smallest free block that fits. Returns the first byte after them all.
 */
export function layOut(
  begin: number,
  pinned: readonly Buffer[],
  instructions: readonly Instruction[],
): number {
  let end = align(begin);
  for (const buffer of pinned) {
    buffer.address = end;
    end += bytesOf(buffer);
  }
  const temporaries = instructions.map((instruction) =>
    buffersIn(instruction).filter((buffer) => !buffer.pinned),
  );
  const lastUse = new Map<Buffer, number>();
  for (const [at, buffers] of temporaries.entries()) for (const buffer of buffers) lastUse.set(buffer, at);
  const placed = new Set<Buffer>();
  const free: Block[] = [];
  for (const [at, buffers] of temporaries.entries()) {
    for (const buffer of buffers) {
      if (placed.has(buffer)) continue;
      placed.add(buffer);
      const bytes = bytesOf(buffer);
      const at = smallestFor(bytes, free);
      if (at === undefined) {
        buffer.address = end;
        end += bytes;
        continue;
      }
      const fit = free[at];
      buffer.address = fit.address;
      fit.address += bytes;
      fit.bytes -= bytes;
      if (fit.bytes === 0) free.splice(at, 1);
    }
    for (const buffer of new Set(buffers))
      if (lastUse.get(buffer) === at) free.push({ address: buffer.address, bytes: bytesOf(buffer) });
  }
  return end;
}

interface Block {
  address: number;
  bytes: number;
}

/** The first of the smallest blocks that have room. A long plan asks often, so it is a loop. */
function smallestFor(bytes: number, free: readonly Block[]): number | undefined {
  let best: number | undefined;
  for (let at = 0; at < free.length; at++)
    if (free[at].bytes >= bytes && (best === undefined || free[at].bytes < free[best].bytes)) best = at;
  return best;
}

function bytesOf({ dtype, size }: Buffer): number {
  const bytes = Math.max(alignment, align(size * bytesPer[dtype]));
  // Arrays a power of two apart would be in each other's way in the cache, when one loop walks over many of them.
  return bytes < 2048 ? bytes : bytes + alignment;
}

function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

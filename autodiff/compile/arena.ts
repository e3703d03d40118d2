import type { DType } from '../../lib/index.ts';
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
  const free: { address: number; bytes: number }[] = [];
  for (const [at, buffers] of temporaries.entries()) {
    for (const buffer of buffers) {
      if (placed.has(buffer)) continue;
      placed.add(buffer);
      const bytes = bytesOf(buffer);
      const fit = free.filter((block) => block.bytes >= bytes).sort((a, b) => a.bytes - b.bytes)[0];
      if (fit === undefined) {
        buffer.address = end;
        end += bytes;
      } else {
        buffer.address = fit.address;
        fit.address += bytes;
        fit.bytes -= bytes;
      }
    }
    for (const buffer of new Set(buffers))
      if (lastUse.get(buffer) === at) free.push({ address: buffer.address, bytes: bytesOf(buffer) });
  }
  return end;
}

function bytesOf({ dtype, size }: Buffer): number {
  return Math.max(alignment, align(size * bytesPer[dtype]));
}

function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

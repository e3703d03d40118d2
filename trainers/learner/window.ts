import type { Targets } from './learn.ts';
import type { Moment } from './moment.ts';

/** The moments of a window that is not complete. */
export class Window {
  /** How many moments a complete window has. */
  readonly length: number;
  /** How many there are. */
  taken = 0;
  /** Where moments are written; those beyond `taken` are of earlier windows. */
  readonly #slots: readonly { readonly inputs: unknown[]; targets: unknown[] | undefined }[];

  constructor(length: number) {
    this.length = length;
    this.#slots = Array.from({ length }, () => ({ inputs: [], targets: undefined }));
  }

  /** Notes a moment; the lists are not kept. */
  add(inputs: readonly unknown[], targets: Targets): void {
    const slot = this.#slots[this.taken++];
    slot.targets = targets && (slot.targets ?? []);
    for (let i = 0; i < inputs.length; i++) {
      slot.inputs[i] = inputs[i];
      if (targets !== undefined && slot.targets !== undefined) slot.targets[i] = targets[i];
    }
  }

  /** Copies of the moments. */
  get moments(): Moment[] {
    return this.#slots.slice(0, this.taken).map(copyOf);
  }

  /** A window that begins like no other will go on as it begins; one that changes on its way will go on like `like`. */
  completed(moments: readonly Moment[], like: readonly Moment[] = []): Moment[] {
    const rest = moments.length > 1 ? like : [];
    return Array.from({ length: this.length }, (_, t) => moments[t] ?? rest[t] ?? moments[0]);
  }

  /** How many of the moments are learnt from. */
  get scored(): number {
    let count = 0;
    for (let t = 0; t < this.taken; t++) if (this.#slots[t].targets !== undefined) count++;
    return count;
  }
}

export function copyOf({ inputs, targets }: Moment): Moment {
  return { inputs: [...inputs], targets: targets && [...targets] };
}

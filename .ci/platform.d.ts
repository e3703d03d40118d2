// What lib, autodiff, nn and trainers may use beyond the language itself: globals that Node 20 and every browser have.
// Extend it only by such globals.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(encoding?: 'utf-8' | 'latin1', options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: ArrayBufferView | ArrayBuffer): string;
}

declare function structuredClone<T>(value: T): T;

// The globals that lib, autodiff, nn and trainers may use beyond the language: those of both Node 20 and
// browsers. Add only such globals.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(encoding?: 'utf-8' | 'latin1', options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: ArrayBufferView | ArrayBuffer): string;
}

declare function structuredClone<T>(value: T): T;

declare const performance: { now(): number };

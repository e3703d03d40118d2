import { concat, doubleField, floatField, lengthField, varintField } from './protobuf.ts';

/**
 * The content of an event: the parts of tensorflow/core/util/event.proto and framework/summary.proto used
 * here.
 */
export type Content =
  /** The first event of every file. */
  | { readonly kind: 'version' }
  /** A session starts at this step and voids later steps of earlier sessions. */
  | { readonly kind: 'start' }
  | { readonly kind: 'scalars'; readonly scalars: Readonly<Record<string, number>> };

/** @param wallTime seconds since 1970. */
export function encodeEvent(wallTime: number, step: number, content: Content): Uint8Array {
  return concat([doubleField(1, wallTime), varintField(2, step), fieldOf(content)]);
}

function fieldOf(content: Content): Uint8Array {
  switch (content.kind) {
    case 'version':
      return lengthField(3, 'brain.Event:2');
    case 'start':
      // SessionLog, whose status 1 is START.
      return lengthField(7, [varintField(1, 1)]);
    case 'scalars':
      return lengthField(
        5,
        Object.entries(content.scalars).map(([tag, value]) =>
          lengthField(1, [lengthField(1, tag), floatField(2, value)]),
        ),
      );
  }
}

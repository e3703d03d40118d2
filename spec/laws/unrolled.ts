export * from '../../testing/unrolled.ts';

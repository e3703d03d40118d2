export * from '../../testing/numbers.ts';

// What a cell that is written on the page imports as norewind/testing.
export * from '../../../trainers/testing/index.ts';

// What a cell that is written on the page imports as norewind.
export * from '../../../trainers/norewind.ts';

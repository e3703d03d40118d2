export * from '../../trainers/testing/numbers.ts';

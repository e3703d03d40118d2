export * from '../../trainers/testing/unrolled.ts';

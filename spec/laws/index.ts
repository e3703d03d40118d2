export * from '../../trainers/testing/index.ts';

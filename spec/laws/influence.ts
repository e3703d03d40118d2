export * from '../../trainers/testing/influence.ts';

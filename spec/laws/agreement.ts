export * from '../../trainers/testing/agreement.ts';

export * from '../../testing/agreement.ts';

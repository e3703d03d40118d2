export * from '../../testing/influence.ts';

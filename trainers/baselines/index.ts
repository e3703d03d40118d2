export { type Markov, type MarkovOptions, markov } from './markov.ts';

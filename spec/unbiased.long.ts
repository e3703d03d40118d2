import './support/long.ts';
import './unbiased.spec.ts';

import './support/long.ts';
import './docs.spec.ts';

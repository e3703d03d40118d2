import './support/long.ts';
import './architecture.spec.ts';

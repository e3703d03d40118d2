import '../support/long.ts';
import './vectors.spec.ts';

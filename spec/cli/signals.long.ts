import '../support/long.ts';
import './signals.spec.ts';

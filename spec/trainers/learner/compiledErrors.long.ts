import '../../support/long.ts';
import './compiledErrors.spec.ts';

import '../../support/long.ts';
import './operations.spec.ts';

import '../../support/long.ts';
import './plainNumbers.spec.ts';

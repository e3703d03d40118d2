import '../../support/long.ts';
import './afterFailure.spec.ts';

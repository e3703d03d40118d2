import '../support/long.ts';
import './estimators.spec.ts';

import '../../support/long.ts';
import './laws.spec.ts';

import '../../support/long.ts';
import './lanes.spec.ts';

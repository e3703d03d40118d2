import '../../support/long.ts';
import './snapMasks.spec.ts';

import '../../support/long.ts';
import './missing.spec.ts';

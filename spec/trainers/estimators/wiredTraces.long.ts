import '../../support/long.ts';
import './wiredTraces.spec.ts';

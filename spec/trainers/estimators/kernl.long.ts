import '../../support/long.ts';
import './kernl.spec.ts';

import '../../support/long.ts';
import './norms.spec.ts';

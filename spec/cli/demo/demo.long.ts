import '../../support/long.ts';
import './demo.spec.ts';

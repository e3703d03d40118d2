import '../../support/long.ts';
import './sketched.spec.ts';

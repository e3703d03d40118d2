import '../support/long.ts';
import './variance.spec.ts';

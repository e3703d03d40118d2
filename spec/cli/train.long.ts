import '../support/long.ts';
import './train.spec.ts';

import '../../../support/long.ts';
import './damage.spec.ts';

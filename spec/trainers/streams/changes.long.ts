import '../../support/long.ts';
import './changes.spec.ts';

import '../../support/long.ts';
import './artbp.spec.ts';

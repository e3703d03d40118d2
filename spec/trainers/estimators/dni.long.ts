import '../../support/long.ts';
import './dni.spec.ts';

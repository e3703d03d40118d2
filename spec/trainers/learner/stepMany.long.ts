import '../../support/long.ts';
import './stepMany.spec.ts';

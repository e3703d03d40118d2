import '../../support/long.ts';
import './dependencies.spec.ts';

import '../../support/long.ts';
import './absentInfluence.spec.ts';

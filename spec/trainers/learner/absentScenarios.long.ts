import '../../support/long.ts';
import './absentScenarios.spec.ts';

import '../../support/long.ts';
import './randomStructures.spec.ts';

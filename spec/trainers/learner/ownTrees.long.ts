import '../../support/long.ts';
import './ownTrees.spec.ts';

import '../../support/long.ts';
import './checkpointMutations.spec.ts';

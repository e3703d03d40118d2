import '../support/long.ts';
import './ownTrain.spec.ts';

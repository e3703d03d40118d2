import '../../support/long.ts';
import './noBackTrack.spec.ts';

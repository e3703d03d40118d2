import '../../support/long.ts';
import './partedEntries.spec.ts';

import '../../support/long.ts';
import './fuse.spec.ts';

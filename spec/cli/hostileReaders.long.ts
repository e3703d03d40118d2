import '../support/long.ts';
import './hostileReaders.spec.ts';

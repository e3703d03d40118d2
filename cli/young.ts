import { setFlagsFromString } from 'node:v8';

// V8 grows the space for young objects from 1 to 16 MiB (two of them) as a program runs, whatever it keeps:
// on a stream memory would grow for hours. A step leaves little garbage, which dies at once, so nothing is
// gained from that.
setFlagsFromString('--semi-space-growth-factor=1');

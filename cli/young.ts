import { setFlagsFromString } from 'node:v8';

// V8 lets the space for young objects grow from 1 to 16 MiB (two of them) as a program goes on, whatever it keeps: a stream would
// take more memory for hours. Nothing here gains from it, since what a step leaves behind is little and dead at once.
setFlagsFromString('--semi-space-growth-factor=1');

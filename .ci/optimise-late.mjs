// Has V8 optimise functions late. A spec runs much code a few times: V8 would spend a third of the tests' time
// on optimising functions that hardly run again, so they have to run fifteen times as much before it does.
import { setFlagsFromString } from 'node:v8';

// Node 22 and later have no such flag.
if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--interrupt-budget=1000000');

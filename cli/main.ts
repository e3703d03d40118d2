#!/usr/bin/env node
// Imports are loaded before a module runs, so import everything slow below, once signals are handled.
import { closeDebugger, takeSignals } from './signals.ts';

takeSignals();
await closeDebugger();
await import('./command.ts');

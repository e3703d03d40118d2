#!/usr/bin/env node
// The imports of a module are loaded before anything in it runs. So all that takes time is imported below, when signals are handled.
import { closeDebugger, takeSignals } from './signals.ts';

takeSignals();
await closeDebugger();
await import('./command.ts');

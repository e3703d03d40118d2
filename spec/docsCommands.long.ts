import './support/long.ts';
import './docsCommands.spec.ts';

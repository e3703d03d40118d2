import { balancePanel } from './balance/panel.ts';
import { cloudPanel } from './cloud/panel.ts';
import { ownPanel } from './own/panel.ts';
import { programPanel } from './program/panel.ts';
import { readPanel } from './read/panel.ts';
import { trajectoryPanel } from './trajectory/panel.ts';

balancePanel();
cloudPanel();
readPanel();
ownPanel();
programPanel();
trajectoryPanel();

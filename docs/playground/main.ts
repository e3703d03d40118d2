import { balancePanel } from './balance/panel.ts';
import { cloudPanel } from './cloud/panel.ts';

balancePanel();
cloudPanel();

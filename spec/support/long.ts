// Imported first by each `.long.ts`: the specs that it imports next take their long sizes.
import { goLong } from './size.ts';

goLong();

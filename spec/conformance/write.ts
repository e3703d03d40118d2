// Writes the vectors anew: npm run vectors. Look at the difference before you commit it.
import { writeVectors } from './vectors.ts';

writeVectors();

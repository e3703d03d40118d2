/** The names, in figures, of the network, of the combination of all experts, and of that of all but the network. */
export const network = 'network';
export const combination = 'combination';
export const withoutNetwork = 'without the network';

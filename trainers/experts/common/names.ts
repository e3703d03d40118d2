/** The names, in figures, of the network, of the combination of all experts, and of that of all but the network. */
export const network = 'network';
export const combination = 'combination';
export const withoutNetwork = 'without the network';
/** The names, among what is served from, of the mixtures of all experts, and of all but the network. */
export const mixtures = ['mixture', 'mixture without the network'] as const;

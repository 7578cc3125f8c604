/** The network that functions run in. */
export const networkConfiguration = {};

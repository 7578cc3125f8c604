/** From which figures on people are told. */
export const observabilityConfiguration = {};

/** What is backed up, how often and for how long. */
export const backupConfiguration = {};

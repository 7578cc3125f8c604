/** Who may reach the pipeline, and how far its roles may go. */
export const accessConfiguration = {};

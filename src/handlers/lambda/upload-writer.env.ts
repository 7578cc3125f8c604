import * as z from 'zod';

/** The environment of the writer Lambda: one upload in, one row of the uploads table out. */
export const uploadWriterEnvironment = z.object({
  /** Name of the table of recorded uploads. */
  UPLOADS_TABLE_NAME: z.string().min(3),
});

export type UploadWriterEnvironment = z.infer<typeof uploadWriterEnvironment>;

/**
 * What reading a document may take while a caller waits: with what goes before and after, it must end within the
 * 15 seconds of an API function, so that the caller gets an answer instead of a time-out.
 */
export const requestReadingBounds = { seconds: 8 } as const;

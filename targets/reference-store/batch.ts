/** The most log entries that one message carries. */
export const MAX_BATCH = 256;

package io.millrace.storage;

/**
 * What waits on the disk for the bucket.
 *
 * @param oldestNanos how long the oldest has waited
 */
record SpoolState(long bytes, int objects, long oldestNanos) {}

package io.millrace.storage;

import java.time.Instant;

/**
 * What a store knows of an object.
 *
 * @param size bytes
 * @param tag changes whenever the object's bytes do
 */
public record ObjectInfo(String key, long size, String tag, Instant storedAt) {}

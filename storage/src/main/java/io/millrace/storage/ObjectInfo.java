package io.millrace.storage;

import java.time.Instant;

/**
 * What a store knows of an object.
 *
 * @param size bytes
 * @param tag changes whenever the object's bytes do
 * @param storedAt by the store's clock; that of a put may be a moment off what is told later
 */
public record ObjectInfo(String key, long size, String tag, Instant storedAt) {}

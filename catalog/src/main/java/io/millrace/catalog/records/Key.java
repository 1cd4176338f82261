package io.millrace.catalog.records;

import java.time.Instant;
import java.util.Optional;

/**
 * A key as it is kept: not the secret, which nobody can read again.
 *
 * @param app whose key it is, and whose streams it may open
 * @param expiresAt when it ends, where it does
 */
public record Key(
    String id,
    String tenant,
    String app,
    KeyScope opens,
    String label,
    Instant createdAt,
    Optional<Instant> expiresAt) {}

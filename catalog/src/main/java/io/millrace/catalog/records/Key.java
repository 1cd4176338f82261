package io.millrace.catalog.records;

import java.time.Instant;
import java.util.Optional;

/**
 * A publish key as it is kept: not the secret, which nobody can read again.
 *
 * @param stream the one it opens; empty: every stream of the app
 * @param expiresAt when it ends, where it does
 */
public record Key(
    String id,
    String tenant,
    String app,
    Optional<String> stream,
    String label,
    Instant createdAt,
    Optional<Instant> expiresAt) {}

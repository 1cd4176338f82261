package io.millrace.catalog.records;

import io.millrace.access.RevokedToken;
import java.time.Instant;

/**
 * The row of a revoked token.
 *
 * @param number larger than that of every change before it
 * @param account who revoked it
 */
public record Revocation(long number, RevokedToken token, String account, Instant revokedAt) {}

package io.millrace.catalog.records;

import java.time.Instant;

/** A bearer token for the API, as it is kept: not the secret. */
public record ApiToken(
    String id, String tenant, String account, String label, Instant createdAt, Instant expiresAt) {}

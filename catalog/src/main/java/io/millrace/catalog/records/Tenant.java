package io.millrace.catalog.records;

import java.time.Instant;

/** Who owns apps. */
public record Tenant(String name, String title, Instant createdAt) {}

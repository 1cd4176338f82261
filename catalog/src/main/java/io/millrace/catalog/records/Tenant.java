package io.millrace.catalog.records;

import io.millrace.catalog.Packaging;
import java.time.Instant;

/** Who owns apps. */
public record Tenant(String name, String title, Packaging packaging, Instant createdAt) {}

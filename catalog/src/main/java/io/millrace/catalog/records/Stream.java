package io.millrace.catalog.records;

import io.millrace.catalog.Packaging;
import java.time.Instant;

/** A permanent address under an app, with a title for people. */
public record Stream(
    String tenant, String app, String name, String title, Packaging packaging, Instant createdAt) {}

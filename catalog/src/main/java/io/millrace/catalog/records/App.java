package io.millrace.catalog.records;

import io.millrace.access.Playback;
import io.millrace.catalog.Packaging;
import java.time.Instant;

/** The first part of every address; its name is unique over all tenants. */
public record App(
    String name,
    String tenant,
    String title,
    Playback playback,
    Packaging packaging,
    Instant createdAt) {}

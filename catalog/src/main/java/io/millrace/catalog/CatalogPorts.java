package io.millrace.catalog;

/** What the API asks of other modules. */
public record CatalogPorts(
    LiveDirectory live,
    StreamCues cues,
    AssetDirectory assets,
    AssetClips clips,
    AssetImports imports,
    PackagingLimits packaging) {}

package io.millrace.catalog.imports;

import io.millrace.catalog.AssetImports;
import io.millrace.catalog.TrackNaming;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be made of a file, as {@link AssetImports.Wish} has it, before there is the file.
 *
 * @param tenant whose the app is
 * @param title empty where it is the stream's
 * @param ladder empty: as streams of the node have it
 * @param bytes how many the file has, where it is said
 * @param key the same wish with the same key is the same import
 */
public record NewImport(
    String tenant,
    String app,
    String stream,
    String title,
    List<String> ladder,
    Map<String, TrackNaming> languages,
    Optional<Long> bytes,
    Optional<String> key) {
  AssetImports.Wish of(Path file) {
    return new AssetImports.Wish(tenant, app, stream, title, file, ladder, languages);
  }
}

package io.millrace.packager.live;

import io.millrace.packager.presentation.Rendition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The segments that the store has of one broadcast, beside those that its playlists list when a
 * writer takes it up.
 *
 * @param departed keys of those that had left the playlists; who has an earlier one may still ask
 *     for them (HLS B11), and the origin finds them in the store by their names
 * @param unlisted keys of those that were never listed
 */
record StoredSegments(List<String> departed, List<String> unlisted) {
  /**
   * @param prefix of the broadcast's keys
   * @param stored all of its keys
   */
  static StoredSegments of(String prefix, List<Rendition> renditions, Set<String> stored) {
    List<String> departed = new ArrayList<>();
    List<String> unlisted = new ArrayList<>();
    for (String key : stored) {
      if (key.endsWith(".m4s") || key.endsWith(".ts") || key.endsWith(".vtt")) {
        Rendition rendition = renditionOf(key.substring(prefix.length()), renditions);
        String file = key.substring(key.lastIndexOf('/') + 1);
        if (rendition != null && numberOf(file) < rendition.mediaSequence()) {
          departed.add(key);
        } else if (rendition == null || rendition.segment(numberOf(file), file).isEmpty()) {
          unlisted.add(key);
        }
      }
    }
    return new StoredSegments(departed, unlisted);
  }

  private static @Nullable Rendition renditionOf(String path, List<Rendition> renditions) {
    for (Rendition rendition : renditions) {
      if (path.startsWith(rendition.name() + "/")) {
        return rendition;
      }
    }
    return null;
  }

  /** Greater than any when it has none. */
  private static long numberOf(String file) {
    try {
      return Long.parseLong(file, 0, Math.max(0, file.indexOf('-')), 10);
    } catch (NumberFormatException _) {
      return Long.MAX_VALUE;
    }
  }
}

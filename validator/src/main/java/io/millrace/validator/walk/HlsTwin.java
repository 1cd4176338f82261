package io.millrace.validator.walk;

import io.millrace.validator.Violation;
import io.millrace.validator.dash.FileRules;
import io.millrace.validator.dash.Manifest;
import io.millrace.validator.dash.Manifest.Period;
import io.millrace.validator.dash.SegmentTemplate;
import io.millrace.validator.dash.SegmentTemplate.Listed;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.SegmentDates;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The playlists of a stream beside its manifest (DASH S3): {@code index.m3u8} in the same folder,
 * where there is one that names the same files. Of one thread.
 */
final class HlsTwin {
  private static final String NAME = "index.m3u8";

  private final Fetcher fetcher;
  private final int most;
  private final URI address;
  private boolean missing;

  HlsTwin(Fetcher fetcher, int mostPlaylists, URI manifest) {
    this.fetcher = fetcher;
    this.most = mostPlaylists;
    String query = manifest.getRawQuery() == null ? "" : "?" + manifest.getRawQuery();
    this.address = manifest.resolve(NAME + query);
  }

  /** S3 of what both name. */
  List<Violation> compare(Manifest manifest) {
    Map<String, Instant> dates;
    try {
      dates = missing ? Map.of() : dates();
    } catch (IOException | MalformedPlaylistException | IllegalArgumentException e) {
      return List.of();
    }
    if (dates.isEmpty()) {
      missing = true;
      return List.of();
    }
    return compare(manifest, dates);
  }

  /**
   * The same.
   *
   * @param dates by paths
   */
  static List<Violation> compare(Manifest manifest, Map<String, Instant> dates) {
    List<Violation> violations = new ArrayList<>();
    Optional<Instant> zero = manifest.availabilityStart();
    for (Period period : manifest.periods()) {
      for (SegmentTemplate template :
          period.representations().flatMap(each -> each.template().stream()).toList()) {
        for (Listed segment : template.segments()) {
          URI file = template.address(segment);
          Instant date = dates.get(file.getPath());
          if (date == null) {
            continue;
          }
          Duration since = template.since(period, segment.time());
          // A static manifest need not say when it was: its own first file does.
          zero = zero.or(() -> Optional.of(date.minus(since)));
          violations.addAll(FileRules.dates(file.toString(), zero.get().plus(since), date));
        }
      }
    }
    return violations;
  }

  private Map<String, Instant> dates() throws IOException {
    Fetcher.Answer main = fetcher.playlist(address, Map.of());
    Map<String, Instant> dates = new HashMap<>();
    if (main.status() == 200
        && PlaylistReader.read(text(main)) instanceof MultivariantPlaylist many) {
      for (URI playlist : addresses(main.uri(), many)) {
        Fetcher.Answer answer = fetcher.playlist(playlist, Map.of());
        if (answer.status() == 200
            && PlaylistReader.read(text(answer)) instanceof MediaPlaylist list) {
          SegmentDates.starts(list)
              .forEach((uri, start) -> dates.put(playlist.resolve(uri).getPath(), start));
        }
      }
    }
    return dates;
  }

  private Set<URI> addresses(URI base, MultivariantPlaylist many) {
    Set<URI> addresses = new LinkedHashSet<>();
    many.variants().forEach(variant -> addresses.add(base.resolve(variant.uri())));
    many.renditions()
        .forEach(each -> each.text("URI").ifPresent(uri -> addresses.add(base.resolve(uri))));
    return new LinkedHashSet<>(addresses.stream().limit(most).toList());
  }

  private static String text(Fetcher.Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}

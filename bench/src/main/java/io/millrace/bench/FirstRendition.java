package io.millrace.bench;

import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import java.net.URI;
import java.util.Optional;

/** What a player of a stream's first variant is told at one moment. */
record FirstRendition(URI address, MediaPlaylist playlist) {
  /** Asks as a player would; empty where there is nothing yet. */
  static Optional<FirstRendition> of(MillraceProcess server, String stream) {
    URI address = server.playlist(stream);
    String multivariant = body(server, address);
    if (multivariant.isEmpty()
        || !(PlaylistReader.read(multivariant) instanceof MultivariantPlaylist variants)) {
      return Optional.empty();
    }
    URI first = address.resolve(variants.variants().getFirst().uri());
    String media = body(server, first);
    return !media.isEmpty() && PlaylistReader.read(media) instanceof MediaPlaylist list
        ? Optional.of(new FirstRendition(first, list))
        : Optional.empty();
  }

  /** Of everything that is listed. */
  double seconds() {
    return seconds(playlist);
  }

  static double seconds(MediaPlaylist playlist) {
    return playlist.segments().stream()
        .mapToDouble(segment -> segment.seconds().doubleValue())
        .sum();
  }

  private static String body(MillraceProcess server, URI address) {
    return server
        .fetch(address)
        .filter(answer -> answer.status() == 200)
        .map(Answer::body)
        .orElse("");
  }
}

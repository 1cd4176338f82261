package io.millrace.validator.hls;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A multivariant playlist: its variants and renditions in the order in which they are written.
 *
 * @param renditions EXT-X-MEDIA
 * @param iFrames EXT-X-I-FRAME-STREAM-INF
 */
public record MultivariantPlaylist(
    int version,
    boolean independentSegments,
    List<Variant> variants,
    List<AttributeList> renditions,
    List<AttributeList> iFrames)
    implements Playlist {
  /** One EXT-X-STREAM-INF with the address after it. */
  public record Variant(String uri, AttributeList attributes) {}

  public MultivariantPlaylist {
    variants = List.copyOf(variants);
    renditions = List.copyOf(renditions);
    iFrames = List.copyOf(iFrames);
  }

  /** The renditions that a variant can be played with; {@code type} as AUDIO. */
  public Stream<AttributeList> renditionsOf(Variant variant, String type) {
    Optional<String> group = variant.attributes().text(type);
    return renditions.stream()
        .filter(rendition -> rendition.text("TYPE").equals(Optional.of(type)))
        .filter(rendition -> group.isPresent() && rendition.text("GROUP-ID").equals(group));
  }
}

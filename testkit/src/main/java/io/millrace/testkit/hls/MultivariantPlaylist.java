package io.millrace.testkit.hls;

import java.util.List;

/** A multivariant playlist: its variants and renditions in the order in which they are written. */
public record MultivariantPlaylist(
    int version,
    boolean independentSegments,
    List<Variant> variants,
    List<AttributeList> renditions)
    implements Playlist {
  /** One EXT-X-STREAM-INF with the address after it. */
  public record Variant(String uri, AttributeList attributes) {}

  public MultivariantPlaylist {
    variants = List.copyOf(variants);
    renditions = List.copyOf(renditions);
  }
}

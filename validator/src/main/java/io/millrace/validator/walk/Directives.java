package io.millrace.validator.walk;

import io.millrace.validator.hls.EdgePosition;
import java.net.URI;

/** Delivery directives in the address of a playlist (RFC 8216bis 6.2.5). */
final class Directives {
  private Directives() {}

  /** Asks to be answered when something is listed. */
  static URI waiting(URI playlist, EdgePosition awaited) {
    String sequence = "_HLS_msn=" + awaited.sequence();
    return on(playlist, awaited.isWhole() ? sequence : sequence + "&_HLS_part=" + awaited.part());
  }

  /** Adds directives behind what the query has already. */
  static URI on(URI playlist, String directives) {
    String text = playlist.toString();
    int fragment = text.indexOf('#');
    String address = fragment < 0 ? text : text.substring(0, fragment);
    String joint = address.contains("?") ? "&" : "?";
    return URI.create(address + joint + directives);
  }
}

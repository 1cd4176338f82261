package io.millrace.edge.viewing;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address under {@code /play}: {@code /play/{app}/{stream}/{rest}}.
 *
 * @param rest behind the stream's name and its slash, never empty
 */
public record PlayPath(String app, String stream, String rest) {
  private static final Pattern PATTERN =
      Pattern.compile("/play/([a-z0-9-]{1,63})/([A-Za-z0-9._~-]{1,128})/([A-Za-z0-9._~/-]{1,512})");

  /** Segments that somebody behind us might resolve, and so read another stream's name. */
  private static final Pattern DOTS = Pattern.compile("/\\.{0,2}(?:/|$)");

  /** Empty for what names no object, among it whatever has empty or dot segments. */
  public static Optional<PlayPath> parse(String path) {
    Matcher matcher = PATTERN.matcher(path);
    return matcher.matches() && !DOTS.matcher(path).find()
        ? Optional.of(new PlayPath(matcher.group(1), matcher.group(2), matcher.group(3)))
        : Optional.empty();
  }

  /** The address itself. */
  public String whole() {
    return "/play/" + app + "/" + stream + "/" + rest;
  }

  /**
   * Whether asking for it means watching: media playlists, segments and parts lie in folders of the
   * stream; the multivariant playlist and the still, which a page of many streams asks for, do not.
   */
  public boolean isWatching() {
    return rest.indexOf('/') >= 0;
  }
}

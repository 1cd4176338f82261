package io.millrace.edge.delivery;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a viewer's token into the addresses of thumbnails in WebVTT on its way out, as {@link
 * PlaylistTokens} does for playlists: before the fragment that says where on a sheet one is. What
 * is cached never holds a token.
 */
final class ThumbnailTokens {
  private static final Pattern ADDRESS =
      Pattern.compile("^[^\\s#]+#xywh=[0-9,]+$", Pattern.MULTILINE);

  private ThumbnailTokens() {}

  /**
   * @param token decoded, as the viewer sent it
   */
  static String write(String track, String token) {
    String parameter = "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    return ADDRESS
        .matcher(track)
        .replaceAll(
            found -> Matcher.quoteReplacement(PlaylistTokens.with(found.group(), parameter)));
  }
}

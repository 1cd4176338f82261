package io.millrace.edge.delivery;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a viewer's token into the addresses of a DASH manifest on its way out, as {@link
 * PlaylistTokens} does for playlists: relative templates of segments and headers. What is cached
 * never holds a token.
 */
final class ManifestTokens {
  private static final Pattern ADDRESS =
      Pattern.compile("(?<=\\s)(media|initialization|sourceURL)=\"([^\"]*)\"");
  private static final Pattern ABSOLUTE = Pattern.compile("(/|[A-Za-z][A-Za-z0-9+.-]*:).*");

  private ManifestTokens() {}

  /**
   * @param token decoded, as the viewer sent it
   */
  static String write(String manifest, String token) {
    // In a template a dollar sign is an identifier's; encoding leaves none.
    String parameter = "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    Matcher matcher = ADDRESS.matcher(manifest);
    StringBuilder out = new StringBuilder(manifest.length() + 1024);
    while (matcher.find()) {
      String address = matcher.group(2);
      boolean ours = !address.isEmpty() && !ABSOLUTE.matcher(address).matches();
      String with = address + (address.contains("?") ? "&amp;" : "?") + parameter;
      String written = matcher.group(1) + "=\"" + (ours ? with : address) + '"';
      matcher.appendReplacement(out, Matcher.quoteReplacement(written));
    }
    return matcher.appendTail(out).toString();
  }
}

package io.millrace.edge.delivery;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a viewer's token into the addresses of a playlist on its way out, so that a player that
 * was given {@code index.m3u8?token=…} asks for everything else with it too. Only addresses of this
 * server are changed: relative ones and those under {@code /play/}. What is cached never holds a
 * token (H10).
 */
public final class PlaylistTokens {
  private static final Pattern URI_ATTRIBUTE = Pattern.compile("(?<=[:,])URI=\"([^\"]*)\"");
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

  private PlaylistTokens() {}

  /**
   * @param token decoded, as the viewer sent it
   */
  public static String write(String playlist, String token) {
    String parameter = "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder(playlist.length() + 64 * 16);
    int at = 0;
    while (at < playlist.length()) {
      int end = playlist.indexOf('\n', at);
      int next = end < 0 ? playlist.length() : end + 1;
      line(playlist.substring(at, next), parameter, out);
      at = next;
    }
    return out.toString();
  }

  private static void line(String line, String parameter, StringBuilder out) {
    String text = line.stripTrailing();
    if (text.isEmpty()) {
      out.append(line);
    } else if (text.startsWith("#EXT")) {
      Matcher matcher = URI_ATTRIBUTE.matcher(line);
      while (matcher.find()) {
        String uri = with(matcher.group(1), parameter);
        matcher.appendReplacement(out, Matcher.quoteReplacement("URI=\"" + uri + "\""));
      }
      matcher.appendTail(out);
    } else if (text.startsWith("#")) {
      out.append(line);
    } else {
      out.append(with(text, parameter)).append(line, text.length(), line.length());
    }
  }

  static String with(String uri, String parameter) {
    boolean ours = !uri.startsWith("/") || uri.startsWith("/play/");
    if (uri.isEmpty() || !ours || SCHEME.matcher(uri).matches()) {
      return uri;
    }
    int hash = uri.indexOf('#');
    String address = hash < 0 ? uri : uri.substring(0, hash);
    String fragment = hash < 0 ? "" : uri.substring(hash);
    return address + (address.contains("?") ? "&" : "?") + parameter + fragment;
  }
}

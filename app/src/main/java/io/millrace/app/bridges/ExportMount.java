package io.millrace.app.bridges;

import io.millrace.http.Mount;
import io.millrace.http.Problems;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On the origin's own port, for edges on other nodes: {@code GET /exports/{asset}?rung=} is an
 * asset as one MP4 file.
 */
public final class ExportMount {
  static final String PREFIX = "/exports";
  private static final Pattern PATH = Pattern.compile("/exports/([0-7][0-9A-HJKMNP-TV-Z]{25})");

  private ExportMount() {}

  /** What the origin's listener serves to those who know its secret. */
  public static Mount of(Exports exports) {
    return new Mount(
        PREFIX,
        request -> {
          Matcher path = PATH.matcher(String.valueOf(request.path()));
          if (!path.matches() || !DownloadMount.reads(request)) {
            Problems.send(request, Problems.notFound());
          } else {
            exports.send(request, path.group(1), DownloadMount.rung(request));
          }
        });
  }
}

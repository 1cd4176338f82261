package io.millrace.app.bridges;

import io.millrace.config.Secret;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.packager.OriginMount;
import java.util.Optional;
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

  /**
   * What the origin's listener serves.
   *
   * @param sharedSecret what every request must carry, if anything
   */
  public static Mount of(Exports exports, Optional<Secret> sharedSecret) {
    return new Mount(
        PREFIX,
        request -> {
          String given = request.getHeader(OriginMount.SECRET_HEADER);
          Matcher path = PATH.matcher(String.valueOf(request.path()));
          if (sharedSecret.isPresent() && (given == null || !sharedSecret.get().matches(given))) {
            Problems.send(
                request,
                new Problem(403, "origin-secret", "this origin answers those who know its secret"));
          } else if (!path.matches() || !DownloadMount.reads(request)) {
            Problems.send(request, Problems.notFound());
          } else {
            exports.send(request, path.group(1), DownloadMount.rung(request));
          }
        });
  }
}

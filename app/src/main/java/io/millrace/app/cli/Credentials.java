package io.millrace.app.cli;

import java.util.regex.Pattern;

/**
 * Takes credentials out of addresses and of texts with addresses in them: reports are passed on.
 */
final class Credentials {
  private static final String SHOWN = "***";

  /** {@code user:password@} of an address. */
  private static final Pattern USER = Pattern.compile("(?<=://)[^/?#\\s@]+@");

  /** A JSON Web Token, wherever it stands. */
  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]*");

  /** A parameter that by its name, or by its length, may open something. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)([?&](?:[^=&#\\s]*(?:token|key|sig|auth|pass|secret|hdn|policy|jwt)[^=&#\\s]*=)"
              + "|[?&](?!_HLS_)[^=&#\\s]+=(?=[^&#\\s'\",;)]{24}))[^&#\\s'\",;)]+");

  private Credentials() {}

  /** The text with {@code ***} in the place of each. */
  static String hidden(String text) {
    String noUser = USER.matcher(text).replaceAll(SHOWN + "@");
    String noToken = TOKEN.matcher(noUser).replaceAll(SHOWN);
    return PARAMETER.matcher(noToken).replaceAll("$1" + SHOWN);
  }
}

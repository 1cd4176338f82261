package io.millrace.access;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What tenants, apps, streams and namespaces may be called; one rule for every door and every
 * table.
 */
public final class Names {
  private static final Pattern TENANT = Pattern.compile("[a-z0-9-]{1,63}");
  private static final Pattern APP = Pattern.compile("[a-z0-9-]{1,63}");
  private static final Pattern STREAM = Pattern.compile("[A-Za-z0-9._~-]{1,128}");
  private static final Set<String> RESERVED_APPS = Set.of("vod", "b", "api");
  private static final int LONGEST_NAMESPACE = 63;
  private static final int SHOWN = 40;

  private Names() {}

  /** What is wrong with a tenant's name, in words for the user; empty when it is fine. */
  public static Optional<String> tenantProblem(String tenant) {
    return TENANT.matcher(tenant).matches()
        ? Optional.empty()
        : Optional.of("a tenant's name has 1 to 63 of a-z, 0-9 and '-', not " + quoted(tenant));
  }

  /** What is wrong with an app's name, in words for the user; empty when it is fine. */
  public static Optional<String> appProblem(String app) {
    if (!APP.matcher(app).matches()) {
      return Optional.of("an app's name has 1 to 63 of a-z, 0-9 and '-', not " + quoted(app));
    }
    return RESERVED_APPS.contains(app)
        ? Optional.of("the app's name '" + app + "' is reserved")
        : Optional.empty();
  }

  /** What is wrong with a stream's name, in words for the user; empty when it is fine. */
  public static Optional<String> streamProblem(String stream) {
    return STREAM.matcher(stream).matches() && !stream.equals(".") && !stream.equals("..")
        ? Optional.empty()
        : Optional.of(
            "a stream's name has 1 to 128 of A-Z, a-z, 0-9, '.', '_', '~' and '-', not "
                + quoted(stream));
  }

  /**
   * What is wrong with a namespace's name, in words for the user; empty when it is fine. Asked for
   * each message that is published, so it allocates nothing then.
   */
  public static Optional<String> namespaceProblem(String namespace) {
    boolean fine =
        !namespace.isEmpty()
            && namespace.length() <= LONGEST_NAMESPACE
            && namespace.charAt(0) != '-';
    for (int i = 0; fine && i < namespace.length(); i++) {
      char c = namespace.charAt(i);
      fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
    return fine
        ? Optional.empty()
        : Optional.of(
            "a namespace's name has 1 to 63 of a-z, 0-9 and '-' and does not begin with '-', not "
                + quoted(namespace));
  }

  /** The start of a text from outside, fit for a sentence. */
  public static String quoted(String text) {
    int end = Math.min(text.length(), SHOWN);
    StringBuilder shown = new StringBuilder(end + 3).append('\'');
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return shown.append(end < text.length() ? "…'" : "'").toString();
  }
}

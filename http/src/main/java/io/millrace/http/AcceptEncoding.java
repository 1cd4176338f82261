package io.millrace.http;

import java.util.List;
import java.util.Locale;

/** Whether a viewer takes gzip (RFC 9110 12.5.3). */
public final class AcceptEncoding {
  private AcceptEncoding() {}

  public static boolean allowsGzip(List<String> fields) {
    boolean any = false;
    for (String field : fields) {
      for (String item : field.split(",", -1)) {
        int semicolon = item.indexOf(';');
        String coding =
            (semicolon < 0 ? item : item.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        boolean wanted = semicolon < 0 || !isZero(item.substring(semicolon + 1));
        if (coding.equals("gzip") || coding.equals("x-gzip")) {
          return wanted;
        }
        any |= coding.equals("*") && wanted;
      }
    }
    return any;
  }

  private static boolean isZero(String parameter) {
    return parameter.strip().replace(" ", "").matches("[qQ]=0(\\.0*)?");
  }
}

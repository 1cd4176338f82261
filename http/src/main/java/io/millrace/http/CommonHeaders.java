package io.millrace.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/** The fields of every answer of a listener. Belongs to one event loop. */
final class CommonHeaders {
  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
  private static final CharSequence X_CONTENT_TYPE_OPTIONS =
      HttpHeaders.createOptimized("x-content-type-options");
  private static final CharSequence REFERRER_POLICY =
      HttpHeaders.createOptimized("referrer-policy");
  private static final CharSequence STRICT_ORIGIN =
      HttpHeaders.createOptimized("strict-origin-when-cross-origin");
  private static final CharSequence STRICT_TRANSPORT_SECURITY =
      HttpHeaders.createOptimized("strict-transport-security");
  private static final CharSequence A_MONTH = HttpHeaders.createOptimized("max-age=2592000");
  private static final int HTTPS_PORT = 443;

  private final AtomicBoolean vouchedFor;
  private long dateSecond;
  private CharSequence date = "";

  /**
   * @param vouchedFor whether the certificate in force is one that browsers believe
   */
  CommonHeaders(AtomicBoolean vouchedFor) {
    this.vouchedFor = vouchedFor;
  }

  /** Before the request's mount sets its own. */
  void set(HttpServerRequest request, Instant now) {
    if (now.getEpochSecond() != dateSecond) {
      dateSecond = now.getEpochSecond();
      date = HttpHeaders.createOptimized(HttpDate.format(now));
    }
    MultiMap headers = request.response().headers();
    headers
        .set(HttpHeaders.DATE, date)
        .set(X_CONTENT_TYPE_OPTIONS, NOSNIFF)
        .set(REFERRER_POLICY, STRICT_ORIGIN);
    if (isPublicSite(request)) {
      headers.set(STRICT_TRANSPORT_SECURITY, A_MONTH);
    }
  }

  /** HSTS is for every port of the host, so only a site on the standard port may promise it. */
  private boolean isPublicSite(HttpServerRequest request) {
    return request.isSSL()
        && vouchedFor.get()
        && request.authority() != null
        && (request.authority().port() < 0 || request.authority().port() == HTTPS_PORT);
  }
}

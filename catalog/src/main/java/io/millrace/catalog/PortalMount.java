package io.millrace.catalog;

import io.millrace.catalog.pages.Page;
import io.millrace.catalog.pages.Pages;
import io.millrace.http.AcceptEncoding;
import io.millrace.http.Conditions;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The portal's pages at {@code /}. Files whose names carry a hash ({@code /assets/…}) are kept by
 * browsers for a year; everything else is asked for again, with a validator. The addresses of
 * streams ({@code /watch/…}), of recordings ({@code /recordings/…}) and of the administrators
 * ({@code /topics}) are all the one page, which reads the address itself; so is, as a 404, what a
 * browser asks for in vain.
 */
public final class PortalMount {
  private static final Logger LOGGER = LoggerFactory.getLogger(PortalMount.class);

  /** hls.js plays from blobs and works in a worker made of one; stills are small MP4 files. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; img-src 'self' data:;"
          + " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

  private static final String INDEX = "/index.html";

  private static final String NOT_BUILT =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Millrace</title></head>
      <body><h1>Millrace is running</h1>
      <p>The portal was not built into this program: its build needs Node 20 or newer.
      The streams play all the same, at <code>/play/APP/STREAM/index.m3u8</code>, and
      <a href="/api/v1/live">/api/v1/live</a> lists who is on air.</p></body></html>
      """;

  private final Pages pages;

  /** Reads the pages from the class path; blocks for some milliseconds. */
  public PortalMount() {
    this(read());
  }

  PortalMount(Pages pages) {
    this.pages = pages;
  }

  public Mount mount() {
    return new Mount("/", this::serve);
  }

  private void serve(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
      Problems.send(request, new Problem(405, "method-not-allowed", "Pages can only be read"));
      return;
    }
    String path = Optional.ofNullable(request.path()).orElse("/");
    boolean page =
        path.equals("/")
            || path.equals(INDEX)
            || path.equals("/topics")
            || path.startsWith("/watch/")
            || path.startsWith("/recordings/");
    if (page && pages.isEmpty()) {
      notBuilt(request);
      return;
    }
    Optional<Page> found = pages.find(page ? INDEX : path);
    if (found.isPresent()) {
      send(request, found.get(), path.startsWith("/assets/"));
    } else if (pages.find(INDEX).isPresent() && Problems.wantsPage(request)) {
      // The page reads the address itself and says that there is nothing.
      request.response().setStatusCode(404);
      send(request, pages.find(INDEX).get(), false);
    } else {
      Problems.send(request, Problems.notFound());
    }
  }

  private static void send(HttpServerRequest request, Page page, boolean forever) {
    HttpServerResponse response = request.response();
    Optional<Buffer> gzip =
        page.gzip()
            .filter(
                its ->
                    AcceptEncoding.allowsGzip(
                        request.headers().getAll(HttpHeaders.ACCEPT_ENCODING)));
    secure(response)
        .putHeader(HttpHeaders.ETAG, gzip.isPresent() ? Conditions.gzipTag(page.tag()) : page.tag())
        .putHeader(
            HttpHeaders.CACHE_CONTROL,
            forever ? "public, max-age=31536000, immutable" : "no-cache");
    if (page.gzip().isPresent()) {
      response.putHeader(HttpHeaders.VARY, "Accept-Encoding");
    }
    if (response.getStatusCode() == 200
        && Conditions.notModified(request.headers(), Optional.of(page.tag()), Optional.empty())) {
      finish(response.setStatusCode(304).end());
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, page.contentType());
    if (gzip.isPresent()) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    Buffer body = gzip.orElse(page.bytes());
    response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(body.length()));
    finish(request.method().equals(HttpMethod.HEAD) ? response.end() : response.end(body));
  }

  private static void notBuilt(HttpServerRequest request) {
    HttpServerResponse response =
        secure(request.response())
            .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    finish(response.end(Buffer.buffer(NOT_BUILT)));
  }

  private static HttpServerResponse secure(HttpServerResponse response) {
    return response
        .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "same-origin");
  }

  private static void finish(Future<Void> sent) {
    sent.onFailure(failure -> LOGGER.atDebug().setCause(failure).log("page was not taken"));
  }

  private static Pages read() {
    try {
      return Pages.read(PortalMount.class.getClassLoader(), "portal");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

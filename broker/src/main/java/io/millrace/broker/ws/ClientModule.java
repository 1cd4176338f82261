package io.millrace.broker.ws;

import io.millrace.http.Conditions;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Serves the JavaScript client at {@value #ADDRESS}, to pages of any site. The address stays, so
 * browsers ask after an hour whether it has changed. Immutable.
 */
public final class ClientModule {
  private static final String PREFIX = "/client";
  private static final String ADDRESS = PREFIX + "/millrace.js";
  private static final String RESOURCE = "/client/millrace.js";
  private static final int NOT_MODIFIED = 304;
  private static final int NOT_ALLOWED = 405;
  private static final int TAG_BYTES = 12;

  private final Buffer module;
  private final String tag;

  /** Reads the module from the class path; blocks for some milliseconds. */
  public ClientModule() {
    try (InputStream in = ClientModule.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the program has no " + RESOURCE);
      }
      byte[] bytes = in.readAllBytes();
      module = Buffer.buffer(bytes);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      tag = '"' + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + '"';
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public Mount mount() {
    return new Mount(PREFIX, this::requested);
  }

  private void requested(HttpServerRequest request) {
    if (!ADDRESS.equals(request.path())) {
      Problems.send(request, Problems.notFound());
      return;
    }
    HttpMethod method = request.method();
    HttpServerResponse response = request.response();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      response.putHeader(HttpHeaders.ALLOW, "GET, HEAD");
      Problems.send(
          request, new Problem(NOT_ALLOWED, "method-not-allowed", "The module can only be read"));
      return;
    }
    response
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .putHeader("Cross-Origin-Resource-Policy", "cross-origin")
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=3600")
        .putHeader(HttpHeaders.ETAG, tag);
    if (Conditions.notModified(request.headers(), Optional.of(tag), Optional.empty())) {
      response.setStatusCode(NOT_MODIFIED).end();
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/javascript; charset=utf-8")
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(module.length()));
    if (method.equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(module);
    }
  }
}

package io.millrace.app.bridges;

import io.millrace.http.ByteRange;
import io.millrace.http.Conditions;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.media.BroadcastId;
import io.millrace.packager.ExportReply;
import io.millrace.packager.Mp4Export;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's assets as MP4 files. Thread-safe. */
public final class LocalExports implements Exports {
  private static final Logger LOGGER = LoggerFactory.getLogger(LocalExports.class);

  private static final String CONTENT_RANGE = "content-range";

  /** Each holds two segments, so this bounds memory beside what is live. */
  static final int MOST_AT_ONCE = 32;

  private final AtomicInteger sending = new AtomicInteger();
  private final BiFunction<BroadcastId, Optional<String>, Future<ExportReply>> exporter;

  public LocalExports(BiFunction<BroadcastId, Optional<String>, Future<ExportReply>> exporter) {
    this.exporter = exporter;
  }

  @Override
  public void send(HttpServerRequest request, String asset, String rung) {
    Optional<String> wanted = rung.isEmpty() ? Optional.empty() : Optional.of(rung);
    exporter
        .apply(new BroadcastId(asset), wanted)
        .onSuccess(
            reply -> {
              switch (reply) {
                case ExportReply.Ready(Mp4Export file) -> answer(request, asset, file);
                case ExportReply.Refused(ExportReply.Reason reason, String words) ->
                    Problems.send(request, problem(reason, words));
              }
            })
        .onFailure(failure -> Problems.send(request, Problems.internalError()));
  }

  private static Problem problem(ExportReply.Reason reason, String words) {
    return switch (reason) {
      case UNKNOWN -> new Problem(404, "asset-not-found", words);
      case NO_RUNG -> new Problem(404, "rung-not-found", words);
      case UNFIT -> new Problem(409, "not-one-file", words);
      case NOT_STORED -> new Problem(503, "storage-unavailable", words);
    };
  }

  private void answer(HttpServerRequest request, String asset, Mp4Export file) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .putHeader(HttpHeaders.ETAG, file.etag())
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=60");
    Optional<String> etag = Optional.of(file.etag());
    if (Conditions.notModified(request.headers(), etag, Optional.empty())) {
      response.setStatusCode(304).end();
      return;
    }
    String range = request.getHeader("range");
    if (range == null || !Conditions.rangeApplies(request.headers(), etag, Optional.empty())) {
      range = "";
    }
    switch (ByteRange.parse(range, file.length())) {
      case ByteRange.Whole _ -> send(request, asset, file, 200, 0, file.length() - 1);
      case ByteRange.Part(long first, long last) -> {
        response.putHeader(CONTENT_RANGE, "bytes " + first + "-" + last + "/" + file.length());
        send(request, asset, file, 206, first, last);
      }
      case ByteRange.Unsatisfiable _ -> {
        response.headers().remove(HttpHeaders.ETAG).remove(HttpHeaders.CACHE_CONTROL);
        response.putHeader(CONTENT_RANGE, "bytes */" + file.length());
        Problems.send(
            request, new Problem(416, "range-not-satisfiable", "the file ends before this range"));
      }
    }
  }

  private void send(
      HttpServerRequest request, String asset, Mp4Export file, int status, long first, long last) {
    boolean sends = !request.method().equals(HttpMethod.HEAD);
    if (sends && sending.incrementAndGet() > MOST_AT_ONCE) {
      sending.decrementAndGet();
      request.response().headers().remove(HttpHeaders.ETAG).remove(HttpHeaders.CACHE_CONTROL);
      request.response().headers().remove(CONTENT_RANGE);
      request.response().putHeader("retry-after", "10");
      Problems.send(
          request,
          new Problem(503, "too-many-downloads", "as many are under way as this server takes"));
      return;
    }
    HttpServerResponse response =
        request
            .response()
            .setStatusCode(status)
            .putHeader(HttpHeaders.CONTENT_TYPE, "video/mp4")
            .putHeader("accept-ranges", "bytes")
            .putHeader("content-disposition", "attachment; filename=\"" + asset + ".mp4\"")
            .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(last - first + 1));
    if (!sends) {
      response.end();
      return;
    }
    file.write(response, first, last)
        .onComplete(over -> sending.decrementAndGet())
        .onSuccess(v -> response.end())
        .onFailure(
            failure -> {
              if (!response.closed()) {
                LOGGER
                    .atWarn()
                    .addKeyValue("broadcast", asset)
                    .addKeyValue("reason", failure.getMessage())
                    .log("an export ends in the middle");
              }
              // Its length has been promised.
              response.reset();
            });
  }
}

package io.millrace.app.bridges;

import io.millrace.catalog.AssetClips;
import io.millrace.http.FieldProblem;
import io.millrace.http.Problem;
import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.ClipMoment;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipRequest;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The catalogue's wishes for clips, read and handed to this node's packager. Thread-safe. */
public final class ClipBridge implements AssetClips {
  private static final Duration SOON = Duration.ofSeconds(2);
  private static final int LONGEST_TITLE = 200;
  private static final int LONGEST_KEY = 200;
  private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(366 * 86_400L);
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final String TITLE = "title";

  private final Function<ClipRequest, Future<ClipReply>> maker;

  public ClipBridge(Function<ClipRequest, Future<ClipReply>> maker) {
    this.maker = maker;
  }

  /** Where no node records anything that this one knows of. */
  public static AssetClips none() {
    return (asset, body, key) ->
        Future.failedFuture(new IllegalStateException("no origin is known here"));
  }

  @Override
  public Future<Answer> make(String asset, JsonObject body, Optional<String> key) {
    BroadcastId id;
    try {
      id = new BroadcastId(asset);
    } catch (IllegalArgumentException e) {
      return Future.succeededFuture(answer(asset, ClipReply.Reason.UNKNOWN, ""));
    }
    List<FieldProblem> problems = new ArrayList<>();
    Optional<ClipMoment> from = moment(body, FROM, problems);
    Optional<ClipMoment> to = moment(body, TO, problems);
    String title = title(body, problems);
    for (String field : body.fieldNames()) {
      if (!Set.of(FROM, TO, TITLE).contains(field)) {
        String shown = field.length() > 40 ? field.substring(0, 40) + "…" : field;
        problems.add(new FieldProblem(shown, "is not known here"));
      }
    }
    if (key.isPresent() && key.get().length() > LONGEST_KEY) {
      problems.add(new FieldProblem(ClipMount.KEY, "has more than " + LONGEST_KEY + " characters"));
    }
    return problems.isEmpty()
        ? maker
            .apply(new ClipRequest(id, from, to, title, key.map(ClipBridge::unquoted)))
            .map(reply -> answer(asset, reply))
        : Future.succeededFuture(invalid(problems));
  }

  /** With the quotes of a structured field or without, as topics take it. */
  private static String unquoted(String key) {
    return key.length() > 2 && key.startsWith("\"") && key.endsWith("\"")
        ? key.substring(1, key.length() - 1)
        : key;
  }

  private static Optional<ClipMoment> moment(
      JsonObject body, String field, List<FieldProblem> problems) {
    Object value = body.getValue(field);
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      BigDecimal seconds = new BigDecimal(number.toString());
      if (seconds.abs().compareTo(MOST_SECONDS) <= 0) {
        return Optional.of(
            new ClipMoment.Offset(Duration.ofNanos(seconds.movePointRight(9).longValue())));
      }
    } else if (value instanceof String text) {
      try {
        return Optional.of(new ClipMoment.Date(OffsetDateTime.parse(text).toInstant()));
      } catch (DateTimeException e) {
        // Said below.
      }
    }
    if (value != null) {
      problems.add(
          new FieldProblem(field, "is neither seconds nor a time like 2026-12-01T20:15:00Z"));
    }
    return Optional.empty();
  }

  private static String title(JsonObject body, List<FieldProblem> problems) {
    Object value = body.getValue(TITLE);
    if (value == null) {
      return "";
    }
    if (value instanceof String title
        && title.length() <= LONGEST_TITLE
        && title.chars().noneMatch(Character::isISOControl)) {
      return title;
    }
    problems.add(
        new FieldProblem(
            TITLE, "is no line of at most " + LONGEST_TITLE + " characters without control ones"));
    return "";
  }

  private static Answer answer(String asset, ClipReply reply) {
    return switch (reply) {
      case ClipReply.Made(Asset made) -> new Made(AssetFacts.entry(made));
      case ClipReply.BeingMade(BroadcastId id) -> new BeingMade(id.value());
      case ClipReply.Refused(ClipReply.Reason reason, String words) -> answer(asset, reason, words);
    };
  }

  private static Answer answer(String asset, ClipReply.Reason reason, String words) {
    return switch (reason) {
      case UNKNOWN ->
          refused(404, "asset-not-found", "there is no asset '" + asset + "'", Optional.empty());
      case RANGE -> invalid(List.of(field(words)));
      case NO_ROOM -> refused(507, "no-room", words, Optional.empty());
      case BUSY -> refused(503, "too-many-clips", words, Optional.of(SOON));
      case GONE -> refused(409, "source-gone", words, Optional.empty());
      case NOT_STORED -> refused(503, "not-stored", words, Optional.of(SOON));
    };
  }

  private static FieldProblem field(String words) {
    int colon = words.indexOf(": ");
    return new FieldProblem(words.substring(0, colon), words.substring(colon + 2));
  }

  private static Answer invalid(List<FieldProblem> fields) {
    return new Refused(
        new Problem(400, "invalid-request", "the request has fields that cannot be used"),
        List.copyOf(fields),
        Optional.empty());
  }

  private static Answer refused(
      int status, String code, String words, Optional<Duration> retryAfter) {
    return new Refused(new Problem(status, code, words), List.of(), retryAfter);
  }
}

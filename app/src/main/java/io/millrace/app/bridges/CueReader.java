package io.millrace.app.bridges;

import io.millrace.http.FieldProblem;
import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.media.cue.TimedMetadata;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the API is sent of cue points and timed metadata, and notes what is wrong with it
 * field by field. What only a broadcast can judge is left to it.
 */
final class CueReader {
  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);
  private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(1_000_000_000L);

  private final JsonObject body;
  private final List<FieldProblem> problems = new ArrayList<>();

  CueReader(JsonObject body) {
    this.body = body;
  }

  /** What is wrong with what was read. */
  List<FieldProblem> problems() {
    return problems;
  }

  /** A cue point that is wanted; not to be used where there are problems. */
  CueRequest request() {
    known(
        "id", "kind", "class", "at", "mediaTime", "duration", "autoReturn", "scte35", "attributes");
    Optional<Duration> duration = seconds("duration").map(Duration::ofNanos);
    return new CueRequest(
        body.containsKey("id") ? text("id") : UUID.randomUUID().toString(),
        kind(),
        text("class"),
        time("at", "mediaTime"),
        duration,
        flag("autoReturn", duration.isPresent()),
        section(),
        attributes());
  }

  /** Timed metadata that is wanted; not to be used where there are problems. */
  MetadataRequest metadata() {
    known(
        "id",
        "at",
        "mediaTime",
        "duration",
        "text",
        "description",
        "owner",
        "id3",
        "scheme",
        "value",
        "data");
    return new MetadataRequest(
        id(), time("at", "mediaTime"), seconds("duration").map(Duration::ofNanos), content());
  }

  private OptionalLong id() {
    Object value = body.getValue("id");
    if (value instanceof Integer || value instanceof Long) {
      return OptionalLong.of(((Number) value).longValue());
    }
    if (value != null) {
      problem("id", "is no whole number");
    }
    return OptionalLong.empty();
  }

  private TimedMetadata.Content content() {
    List<String> kinds =
        Stream.of("text", "owner", "id3", "scheme").filter(body::containsKey).toList();
    if (kinds.size() != 1) {
      problem("text", "one of text, owner, id3 and scheme says what is told");
      return new TimedMetadata.Text("", "");
    }
    return switch (kinds.getFirst()) {
      case "text" -> new TimedMetadata.Text(text("description"), text("text"));
      case "owner" -> new TimedMetadata.Private(text("owner"), base64("data"));
      case "id3" -> new TimedMetadata.Id3(base64("id3"));
      default -> new TimedMetadata.Event(text("scheme"), text("value"), base64("data"));
    };
  }

  private Buffer base64(String field) {
    try {
      return Buffer.buffer(Base64.getDecoder().decode(text(field)));
    } catch (IllegalArgumentException e) {
      problem(field, "is not base64");
      return Buffer.buffer();
    }
  }

  /** When one is to end. */
  CueTime end() {
    known("endAt", "endMediaTime");
    CueTime end = time("endAt", "endMediaTime");
    if (problems.isEmpty() && end instanceof CueTime.NextCut) {
      problem("endAt", "is missing; to end it now, delete it");
    }
    return end;
  }

  private Kind kind() {
    String word = body.containsKey("kind") ? text("kind") : "splice";
    for (Kind kind : Kind.values()) {
      if (word(kind).equals(word)) {
        return kind;
      }
    }
    problem(
        "kind",
        "is none of "
            + Arrays.stream(Kind.values()).map(CueReader::word).collect(Collectors.joining(", ")));
    return Kind.SPLICE;
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private CueTime time(String date, String media) {
    if (body.getValue(date) != null && body.getValue(media) != null) {
      problem(date, "is not for use with " + media);
    } else if (body.getValue(date) != null) {
      try {
        Instant at = OffsetDateTime.parse(text(date)).toInstant();
        return new CueTime.At(at);
      } catch (DateTimeException e) {
        problem(date, "is no date like 2026-11-23T12:00:00.500Z");
      }
    }
    return seconds(media).<CueTime>map(CueTime.Media::new).orElseGet(CueTime.NextCut::new);
  }

  /** In nanoseconds. */
  private Optional<Long> seconds(String field) {
    Object value = body.getValue(field);
    if (value == null) {
      return Optional.empty();
    }
    BigDecimal seconds =
        value instanceof Number number ? new BigDecimal(number.toString()) : BigDecimal.valueOf(-1);
    if (seconds.signum() < 0 || seconds.compareTo(MOST_SECONDS) > 0) {
      problem(field, "is not a number of seconds from 0");
      return Optional.empty();
    }
    return Optional.of(seconds.multiply(NANOS).longValue());
  }

  private boolean flag(String field, boolean otherwise) {
    Object value = body.getValue(field);
    if (value != null && !(value instanceof Boolean)) {
      problem(field, "is neither true nor false");
    }
    return value instanceof Boolean flag ? flag : otherwise;
  }

  private Optional<Buffer> section() {
    String section = text("scte35");
    if (section.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Buffer.buffer(
              section.startsWith("0x") || section.startsWith("0X")
                  ? HexFormat.of().parseHex(section.substring(2))
                  : Base64.getDecoder().decode(section)));
    } catch (IllegalArgumentException e) {
      problem("scte35", "is neither base64 nor 0x and hexadecimal digits");
      return Optional.empty();
    }
  }

  private SortedMap<String, CueAttribute> attributes() {
    SortedMap<String, CueAttribute> attributes = new TreeMap<>();
    Object value = body.getValue("attributes");
    if (value instanceof JsonObject all) {
      for (Map.Entry<String, Object> each : all) {
        attribute(each.getKey(), each.getValue())
            .ifPresent(read -> attributes.put(each.getKey(), read));
      }
    } else if (value != null) {
      problem("attributes", "is no object");
    }
    return attributes;
  }

  private Optional<CueAttribute> attribute(String name, @Nullable Object value) {
    if (value instanceof String text) {
      return Optional.of(new CueAttribute.Text(text));
    }
    if (value instanceof Number number) {
      return Optional.of(new CueAttribute.Decimal(new BigDecimal(number.toString())));
    }
    if (value instanceof JsonObject object && object.getValue("hex") instanceof String hex) {
      try {
        return Optional.of(new CueAttribute.Bytes(Buffer.buffer(HexFormat.of().parseHex(hex))));
      } catch (IllegalArgumentException e) {
        problem("attributes." + name, "has no hexadecimal digits");
        return Optional.empty();
      }
    }
    problem("attributes." + name, "is no text, no number and no {\"hex\": \"…\"}");
    return Optional.empty();
  }

  private String text(String field) {
    Object value = body.getValue(field);
    if (value == null || value instanceof String) {
      return value == null ? "" : (String) value;
    }
    problem(field, "is not a text");
    return "";
  }

  private void known(String... fields) {
    Set<String> names = Set.of(fields);
    for (String field : body.fieldNames()) {
      if (!names.contains(field)) {
        problem(field.length() > 40 ? field.substring(0, 40) + "…" : field, "is not known here");
      }
    }
  }

  private void problem(String field, String detail) {
    problems.add(new FieldProblem(field, detail));
  }
}

package io.millrace.catalog.api;

import io.millrace.catalog.Catalog;
import io.millrace.config.ValueText;
import io.millrace.http.FieldProblem;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request, and what is wrong with it: reading a field that cannot be used notes a problem and
 * goes on, so that {@link #check} can name all of them.
 */
final class Call {
  private static final int LONGEST_TITLE = 200;
  private static final int MOST_PER_PAGE = 200;
  private static final int PER_PAGE = 50;
  private static final int LONGEST_CURSOR = 256;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

  private final RoutingContext context;
  private final @Nullable Principal principal;
  private final Catalog.Deadline deadline;
  private final JsonObject body;
  private final List<FieldProblem> problems = new ArrayList<>();
  private final Set<String> read = new HashSet<>();

  /**
   * @param principal nobody on a public route
   * @param deadline of the whole request, who is asking included
   */
  Call(
      RoutingContext context,
      @Nullable Principal principal,
      Catalog.Deadline deadline,
      JsonObject body) {
    this.context = context;
    this.principal = principal;
    this.deadline = deadline;
    this.body = body;
  }

  Principal principal() {
    if (principal == null) {
      throw new IllegalStateException("asked on a public route");
    }
    return principal;
  }

  /** Until when the catalogue is waited for. */
  Catalog.Deadline deadline() {
    return deadline;
  }

  HttpServerRequest request() {
    return context.request();
  }

  /** A part of the path. */
  String path(String name) {
    return Optional.ofNullable(context.pathParam(name)).orElse("");
  }

  /** All that was sent, for whoever reads it elsewhere. */
  JsonObject body() {
    return body;
  }

  /** Whether a field is there. */
  boolean has(String field) {
    return body.containsKey(field);
  }

  /** A text that must be there, and pass. */
  String name(String field, Function<String, Optional<String>> problem) {
    Optional<String> value = optionalName(field, problem);
    if (value.isEmpty() && !has(field)) {
      problem(field, "is missing");
    }
    return value.orElse("");
  }

  /** A text that must pass where it is there. */
  Optional<String> optionalName(String field, Function<String, Optional<String>> problem) {
    Optional<String> value = text(field);
    value.flatMap(problem).ifPresent(detail -> problem(field, detail));
    return value;
  }

  /** A line for people, of at most 200 characters. */
  Optional<String> title(String field) {
    Optional<String> value = text(field);
    if (value.isPresent()) {
      String title = value.get();
      if (title.length() > LONGEST_TITLE) {
        problem(field, "has more than " + LONGEST_TITLE + " characters");
      }
      if (title.chars().anyMatch(Character::isISOControl)) {
        problem(field, "holds control characters");
      }
    }
    return value;
  }

  /** One of an enum's constants in lower case. */
  <E extends Enum<E>> Optional<E> choice(String field, Class<E> type) {
    Optional<String> value = text(field);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String word = ValueText.word(constant);
      if (word.equals(value.get())) {
        return Optional.of(constant);
      }
      words.add(word);
    }
    problem(field, "is none of " + String.join(", ", words));
    return Optional.empty();
  }

  /** A whole number of seconds. */
  Optional<Long> seconds(String field, long min, long max) {
    return number(field, "seconds", min, max);
  }

  /**
   * A whole number.
   *
   * @param of what it counts
   */
  Optional<Long> number(String field, String of, long min, long max) {
    read.add(field);
    Object value = body.getValue(field);
    if (value == null) {
      return Optional.empty();
    }
    if ((value instanceof Integer || value instanceof Long)
        && ((Number) value).longValue() >= min
        && ((Number) value).longValue() <= max) {
      return Optional.of(((Number) value).longValue());
    }
    problem(field, "is not a whole number of " + of + " from " + min + " to " + max);
    return Optional.empty();
  }

  /** A field of the head of at most so many characters. */
  Optional<String> header(String name, int longest) {
    Optional<String> value = Optional.ofNullable(request().getHeader(name));
    if (value.isPresent() && value.get().length() > longest) {
      problem(name, "has more than " + longest + " characters");
    }
    return value;
  }

  /** A list of texts, of which there is one at least. */
  Optional<List<String>> texts(String field) {
    read.add(field);
    Object value = body.getValue(field);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof JsonArray array && array.isEmpty()) {
      problem(field, "is empty; name one at least, or say null for what is the default");
      return Optional.empty();
    }
    if (value instanceof JsonArray array && array.stream().allMatch(String.class::isInstance)) {
      return Optional.of(array.stream().map(String.class::cast).toList());
    }
    problem(field, "is no list of texts");
    return Optional.empty();
  }

  /** {@code true} or {@code false}; false where it is not there. */
  boolean flag(String field) {
    read.add(field);
    Object value = body.getValue(field);
    if (value != null && !(value instanceof Boolean)) {
      problem(field, "is neither true nor false");
    }
    return Boolean.TRUE.equals(value);
  }

  /** The fields of an object; none where it is not there. */
  Map<String, Object> object(String field) {
    read.add(field);
    Object value = body.getValue(field);
    if (value instanceof JsonObject object) {
      return object.getMap();
    }
    if (value != null) {
      problem(field, "is no object");
    }
    return Map.of();
  }

  /** Where a page starts: behind this name. */
  String after() {
    String after = Optional.ofNullable(request().getParam("after")).orElse("");
    if (after.length() > LONGEST_CURSOR || after.chars().anyMatch(Character::isISOControl)) {
      problem("after", "is not what 'next' said");
      return "";
    }
    return after;
  }

  /** How many a page has. */
  int limit() {
    String limit = request().getParam("limit");
    if (limit == null) {
      return PER_PAGE;
    }
    if (NUMBER.matcher(limit).matches()) {
      int number = Integer.parseInt(limit);
      if (number >= 1 && number <= MOST_PER_PAGE) {
        return number;
      }
    }
    problem("limit", "is not a whole number from 1 to " + MOST_PER_PAGE);
    return PER_PAGE;
  }

  void problem(String field, String detail) {
    problems.add(new FieldProblem(field, detail));
  }

  /**
   * Ends reading.
   *
   * @throws ApiProblem when a field was wrong, or none of ours
   */
  void check() {
    for (String field : body.fieldNames()) {
      if (!read.contains(field)) {
        String shown = field.length() > 40 ? field.substring(0, 40) + "…" : field;
        problem(shown, "is not known here");
      }
    }
    if (!problems.isEmpty()) {
      throw ApiProblem.invalid(problems);
    }
  }

  private Optional<String> text(String field) {
    read.add(field);
    Object value = body.getValue(field);
    if (value == null || value instanceof String) {
      return Optional.ofNullable((String) value);
    }
    problem(field, "is not a text");
    return Optional.empty();
  }
}

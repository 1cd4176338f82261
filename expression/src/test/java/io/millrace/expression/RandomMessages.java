package io.millrace.expression;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Messages whose fields are often those that {@link RandomTerms} asks for. */
record RandomMessages(RandomGenerator random) {
  static final List<String> NAMES = List.of("a", "b", "c", "temp", "site");
  static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "b",
          "ab",
          "aba",
          "plant/7/x",
          "12",
          "-1.5e3",
          "é",
          "\uFF5E",
          "\uD83D\uDE00",
          "it's \\ \"q\"\n\u0001");
  static final List<Number> NUMBERS =
      List.of(
          0L,
          1L,
          2L,
          3L,
          -1L,
          30L,
          20.0,
          20.5,
          3.0,
          -0.0,
          0.1,
          1e300,
          9007199254740992.0,
          9007199254740993L,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          0x1p63,
          -0x1p63);

  /** The variables; the payload as a value, not as {@link Json}. */
  Map<String, Object> next() {
    Map<String, Object> message = new HashMap<>();
    message.put("topic", text());
    message.put("headers", Map.of("a", text(), "ce-type", text()));
    message.put("payload", random.nextInt(8) == 0 ? value(0) : object(3));
    message.put("time", (long) random.nextInt(4));
    message.put("id", text());
    if (random.nextBoolean()) {
      message.put("contentType", text());
    }
    return message;
  }

  private Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> random.nextBoolean();
      case 1 -> Null.NULL;
      case 2, 3 -> number();
      case 4, 5 -> text();
      case 6 -> Stream.generate(() -> value(depth - 1)).limit(random.nextInt(4)).toList();
      default -> object(depth);
    };
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> fields = new HashMap<>();
    for (String name : NAMES) {
      if (random.nextInt(3) > 0) {
        fields.put(name, value(depth - 1));
      }
    }
    return fields;
  }

  String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  Number number() {
    return NUMBERS.get(random.nextInt(NUMBERS.size()));
  }

  /** What asks for the variables of such a message, with its payload as bytes. */
  static Subject subject(Map<String, Object> message) {
    Json payload =
        Json.of(json(message.getOrDefault("payload", Null.NULL)).getBytes(StandardCharsets.UTF_8));
    return name -> name.equals("payload") ? payload : message.get(name);
  }

  static String json(Object value) {
    return switch (value) {
      case String text ->
          text.chars()
              .mapToObj(
                  c ->
                      c < 0x20 || c == '"' || c == '\\'
                          ? String.format("\\u%04x", c)
                          : Character.toString(c))
              .collect(Collectors.joining("", "\"", "\""));
      case List<?> list ->
          list.stream().map(RandomMessages::json).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> json(e.getKey()) + ": " + json(e.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      default -> value.toString();
    };
  }
}

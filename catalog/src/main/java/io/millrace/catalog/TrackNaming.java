package io.millrace.catalog;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a stream's sound or captions are to viewers.
 *
 * @param language as BCP 47 writes it
 * @param name what players call it; where it has none, they are told its language
 */
public record TrackNaming(String language, Optional<String> name) {
  static final String LANGUAGE = "language";
  static final String NAME = "name";

  /** Those of a stream by the names of tracks, as the API and the database have them. */
  public static JsonObject toJson(Map<String, TrackNaming> languages) {
    JsonObject json = new JsonObject();
    new TreeMap<>(languages)
        .forEach(
            (track, naming) -> {
              JsonObject said = new JsonObject().put(LANGUAGE, naming.language);
              naming.name.ifPresent(name -> said.put(NAME, name));
              json.put(track, said);
            });
    return json;
  }

  /**
   * Reads what {@link #toJson} wrote, or what came through the API.
   *
   * @throws IllegalArgumentException in words for whoever wrote it
   */
  public static Map<String, TrackNaming> parse(JsonObject json) {
    Map<String, TrackNaming> languages = new TreeMap<>();
    for (String track : json.fieldNames()) {
      languages.put(track, one(track, json.getValue(track)));
    }
    return languages;
  }

  private static TrackNaming one(String track, Object said) {
    if (said instanceof JsonObject naming
        && naming.getValue(LANGUAGE) instanceof String language
        && (naming.size() == 1
            || (naming.size() == 2 && naming.getValue(NAME) instanceof String))) {
      return new TrackNaming(language, Optional.ofNullable(naming.getString(NAME)));
    }
    throw new IllegalArgumentException(
        "of " + track + " there is no {\"language\": \"en\"}, with a \"name\" or without");
  }
}

package io.millrace.packager.state;

import io.millrace.media.LanguageTag;
import io.millrace.media.TrackLabel;
import io.millrace.media.TrackLabels;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a track is to viewers, in a state; not in states of earlier releases. */
final class LabelJson {
  private static final String LABEL = "label";
  private static final String LABELS = "labels";
  private static final String LANGUAGE = "language";
  private static final String NAME = "name";

  private LabelJson() {}

  /** Puts what is said of one track into what is said of it otherwise; nothing where nothing is. */
  static JsonObject put(JsonObject json, TrackLabel label) {
    return label.equals(TrackLabel.NONE) ? json : json.put(LABEL, toJson(label));
  }

  /** Puts what is said of a stream's tracks; nothing where nothing is. */
  static void put(JsonObject json, TrackLabels labels) {
    if (!labels.byName().isEmpty()) {
      JsonObject all = new JsonObject();
      labels.byName().forEach((name, label) -> all.put(name, toJson(label)));
      json.put(LABELS, all);
    }
  }

  private static JsonObject toJson(TrackLabel label) {
    JsonObject json = new JsonObject();
    label.language().ifPresent(language -> json.put(LANGUAGE, language.value()));
    label.name().ifPresent(name -> json.put(NAME, name));
    return json;
  }

  /** Of one track. */
  static TrackLabel label(JsonObject json) {
    return Optional.ofNullable(json.getJsonObject(LABEL))
        .map(LabelJson::parse)
        .orElse(TrackLabel.NONE);
  }

  /** Of a stream's tracks. */
  static TrackLabels labels(JsonObject json) {
    JsonObject all = json.getJsonObject(LABELS, new JsonObject());
    Map<String, TrackLabel> labels = new HashMap<>();
    all.fieldNames().forEach(name -> labels.put(name, parse(all.getJsonObject(name))));
    return new TrackLabels(labels);
  }

  private static TrackLabel parse(JsonObject json) {
    return new TrackLabel(
        Optional.ofNullable(json.getString(LANGUAGE)).map(LanguageTag::of),
        Optional.ofNullable(json.getString(NAME)));
  }
}

package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfArray;
import io.millrace.ingest.rtmp.AmfValue.AmfBoolean;
import io.millrace.ingest.rtmp.AmfValue.AmfNumber;
import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import io.millrace.ingest.rtmp.AmfValue.AmfString;
import io.millrace.media.LanguageTag;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an encoder's {@code onMetaData} says will come. A hint only, since many encoders write what
 * is not so: it shortens a wait, and the messages decide.
 *
 * @param furtherAudio the multitrack ids of audio tracks besides the main one
 * @param languages of audio tracks, by their multitrack ids: of the main one the property of the
 *     whole, of the others that of their own in {@code audioTrackIdInfoMap}. The specification has
 *     none for it; FFmpeg writes the one of the whole
 */
record StreamMetadata(
    boolean video, boolean audio, Set<Integer> furtherAudio, Map<Integer, LanguageTag> languages) {
  private static final int MAX_TRACK = 255;

  /** Of a track, or of the whole: BCP 47, or a code of ISO 639-2. */
  static final String LANGUAGE = "language";

  /** What further tracks of sound are, by their ids. */
  static final String AUDIO_TRACKS = "audioTrackIdInfoMap";

  /**
   * Reads the values of a data message: {@code onMetaData}, behind {@code @setDataFrame} or not,
   * and an object, an array of names and values, or a strict array that holds either.
   *
   * @return empty for data of another name
   */
  static Optional<StreamMetadata> of(List<AmfValue> message) {
    boolean named = false;
    for (AmfValue value : message) {
      if (value instanceof AmfString(String name)) {
        named |= name.equals("onMetaData");
      } else if (named) {
        Optional<AmfObject> properties = properties(value);
        if (properties.isPresent()) {
          return properties.map(StreamMetadata::read);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<AmfObject> properties(AmfValue value) {
    return switch (value) {
      case AmfObject object -> Optional.of(object);
      case AmfArray(List<AmfValue> values) ->
          values.stream()
              .filter(AmfObject.class::isInstance)
              .map(AmfObject.class::cast)
              .findFirst();
      default -> Optional.empty();
    };
  }

  private static StreamMetadata read(AmfObject metadata) {
    Map<String, AmfValue> properties = metadata.properties();
    AmfValue tracks = properties.get(AUDIO_TRACKS);
    return new StreamMetadata(
        names(properties, "videocodecid") || isTrue(properties, "hasVideo"),
        names(properties, "audiocodecid") || isTrue(properties, "hasAudio"),
        trackIds(tracks),
        languages(properties, tracks));
  }

  /** What is no language is left out. */
  private static Map<Integer, LanguageTag> languages(
      Map<String, AmfValue> properties, @Nullable AmfValue tracks) {
    Map<Integer, LanguageTag> languages = new TreeMap<>();
    language(properties).ifPresent(language -> languages.put(FlvTag.MAIN, language));
    if (tracks instanceof AmfObject object) {
      object
          .properties()
          .forEach(
              (name, track) -> {
                if (isId(name) && track instanceof AmfObject described) {
                  language(described.properties())
                      .ifPresent(language -> languages.put(Integer.valueOf(name), language));
                }
              });
    }
    return Map.copyOf(languages);
  }

  private static Optional<LanguageTag> language(Map<String, AmfValue> properties) {
    if (!(properties.get(LANGUAGE) instanceof AmfString(String text))) {
      return Optional.empty();
    }
    try {
      return Optional.of(LanguageTag.of(text.strip()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** A codec is a legacy number or a FourCC, as a number or as a text of either. */
  private static boolean names(Map<String, AmfValue> properties, String property) {
    return switch (properties.get(property)) {
      case AmfNumber(double value) -> value > 0;
      case AmfString(String value) -> !value.isBlank() && !value.strip().matches("[0.]+");
      case null, default -> false;
    };
  }

  private static boolean isTrue(Map<String, AmfValue> properties, String property) {
    return properties.get(property) instanceof AmfBoolean(boolean value) && value;
  }

  private static boolean isId(String name) {
    return name.matches("[0-9]{1,3}") && Integer.parseInt(name) <= MAX_TRACK;
  }

  private static Set<Integer> trackIds(@Nullable AmfValue map) {
    Set<Integer> ids = new TreeSet<>();
    if (map instanceof AmfObject object) {
      for (String name : object.properties().keySet()) {
        if (isId(name)) {
          ids.add(Integer.parseInt(name));
        }
      }
    }
    ids.remove(FlvTag.MAIN);
    return Set.copyOf(ids);
  }
}

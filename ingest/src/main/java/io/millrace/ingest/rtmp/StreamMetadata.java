package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfArray;
import io.millrace.ingest.rtmp.AmfValue.AmfBoolean;
import io.millrace.ingest.rtmp.AmfValue.AmfNumber;
import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import io.millrace.ingest.rtmp.AmfValue.AmfString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an encoder's {@code onMetaData} says will come. A hint only, since many encoders write what
 * is not so: it shortens a wait, and the messages decide.
 *
 * @param furtherAudio the multitrack ids of audio tracks besides the main one
 */
record StreamMetadata(boolean video, boolean audio, Set<Integer> furtherAudio) {
  private static final int MAX_TRACK = 255;

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
    return new StreamMetadata(
        names(properties, "videocodecid") || isTrue(properties, "hasVideo"),
        names(properties, "audiocodecid") || isTrue(properties, "hasAudio"),
        trackIds(properties.get("audioTrackIdInfoMap")));
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

  private static Set<Integer> trackIds(@Nullable AmfValue map) {
    Set<Integer> ids = new TreeSet<>();
    if (map instanceof AmfObject object) {
      for (String name : object.properties().keySet()) {
        if (name.matches("[0-9]{1,3}") && Integer.parseInt(name) <= MAX_TRACK) {
          ids.add(Integer.parseInt(name));
        }
      }
    }
    ids.remove(FlvTag.MAIN);
    return Set.copyOf(ids);
  }
}

package io.millrace.validator.hls;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must hold for a multivariant playlist by its text alone (M1, M4, M5). Pure. */
public final class MultivariantRules {
  /** RFC 8216bis 4.4.6.3. */
  private static final List<String> NOT_OF_I_FRAMES =
      List.of("FRAME-RATE", "AUDIO", "SUBTITLES", "CLOSED-CAPTIONS");

  private static final List<String> WANTED_OF_I_FRAMES =
      List.of("CODECS", "RESOLUTION", "AVERAGE-BANDWIDTH");

  private final String where;
  private final MultivariantPlaylist playlist;
  private final List<Violation> violations = new ArrayList<>();

  private MultivariantRules(String where, MultivariantPlaylist playlist) {
    this.where = where;
    this.playlist = playlist;
  }

  /** Judges one. */
  public static List<Violation> check(String where, MultivariantPlaylist playlist) {
    MultivariantRules rules = new MultivariantRules(where, playlist);
    rules.variants();
    rules.renditions();
    rules.iFrames();
    return rules.violations;
  }

  /** M1_PEAK: a variant's measured peak, with that of the renditions it is played with. */
  public static List<Violation> peak(
      String where, MultivariantPlaylist.Variant variant, double peakBitsPerSecond, boolean live) {
    return bound(Rule.M1_PEAK, where, variant, "BANDWIDTH", peakBitsPerSecond, live ? 1.25 : 1.1);
  }

  /** An EXT-X-I-FRAME-STREAM-INF as what it mostly is. */
  public static MultivariantPlaylist.Variant asVariant(AttributeList iFrames) {
    return new MultivariantPlaylist.Variant(iFrames.text("URI").orElse(""), iFrames);
  }

  /** M1_AVERAGE: a variant's measured average. */
  public static List<Violation> average(
      String where, MultivariantPlaylist.Variant variant, double bitsPerSecond) {
    return bound(Rule.M1_AVERAGE, where, variant, "AVERAGE-BANDWIDTH", bitsPerSecond, 1.1);
  }

  private static List<Violation> bound(
      Rule rule,
      String where,
      MultivariantPlaylist.Variant variant,
      String attribute,
      double measured,
      double room) {
    Optional<BigDecimal> declared = variant.attributes().decimal(attribute);
    if (declared.isEmpty() || measured <= declared.get().doubleValue() * room) {
      return List.of();
    }
    return List.of(
        new Violation(
            rule,
            where,
            "%s: measured %.0f bit/s, %s is %s"
                .formatted(variant.uri(), measured, attribute, declared.get())));
  }

  private void variants() {
    if (playlist.variants().isEmpty()) {
      broken(Rule.M1, "no variant");
    }
    for (MultivariantPlaylist.Variant variant : playlist.variants()) {
      AttributeList attributes = variant.attributes();
      for (String name : List.of("BANDWIDTH", "CODECS")) {
        if (attributes.text(name).isEmpty()) {
          broken(Rule.M1, variant.uri() + " has no " + name);
        }
      }
      for (String name : List.of("BANDWIDTH", "AVERAGE-BANDWIDTH", "FRAME-RATE")) {
        if (attributes.text(name).isPresent() && attributes.decimal(name).isEmpty()) {
          broken(Rule.M1, variant.uri() + ": " + name + " is no number");
        }
      }
      boolean video = attributes.text("CODECS").map(MultivariantRules::hasVideo).orElse(false);
      List<String> wanted =
          video
              ? List.of("RESOLUTION", "FRAME-RATE", "AVERAGE-BANDWIDTH")
              : List.of("AVERAGE-BANDWIDTH");
      List<String> missing =
          wanted.stream().filter(name -> attributes.text(name).isEmpty()).toList();
      if (!missing.isEmpty()) {
        broken(Rule.M1_SHOULD, variant.uri() + " has no " + String.join(", ", missing));
      }
      for (String type : List.of("AUDIO", "VIDEO", "SUBTITLES")) {
        if (attributes.text(type).isPresent()
            && playlist.renditionsOf(variant, type).findAny().isEmpty()) {
          broken(Rule.M4, variant.uri() + ": no group " + attributes.text(type).get());
        }
      }
    }
  }

  /** Whether a CODECS list names a picture's codec. */
  static boolean hasVideo(String codecs) {
    return codecs.matches("(.*,)?\\s*(avc[13]|hvc1|hev1|av01|vp09|vp08|dvh1|dvhe)(\\..*|,.*|)");
  }

  private void renditions() {
    Map<String, Map<String, Set<String>>> membersByType = new TreeMap<>();
    Map<String, Integer> defaults = new HashMap<>();
    Set<String> chosen = new HashSet<>();
    for (AttributeList rendition : playlist.renditions()) {
      String type = rendition.text("TYPE").orElse("");
      String group = rendition.text("GROUP-ID").orElse("");
      String name = rendition.text("NAME").orElse("");
      if (type.isEmpty() || group.isEmpty() || name.isEmpty()) {
        broken(Rule.M4, "EXT-X-MEDIA needs TYPE, GROUP-ID and NAME: " + rendition.values());
      }
      if (!membersByType
          .computeIfAbsent(type, t -> new TreeMap<>())
          .computeIfAbsent(group, g -> new TreeSet<>())
          .add(name)) {
        broken(Rule.M4, "two members of group %s are named %s".formatted(group, name));
      }
      if (rendition.yes("DEFAULT")) {
        if (defaults.merge(type + "/" + group, 1, Integer::sum) == 2) {
          broken(Rule.M4, "more than one DEFAULT in group " + group);
        }
        if ("NO".equals(rendition.values().get("AUTOSELECT"))) {
          broken(Rule.M4, name + " is DEFAULT and AUTOSELECT=NO");
        }
      }
      language(rendition, type + "/" + group + " ", chosen);
      boolean captions = type.equals("CLOSED-CAPTIONS");
      if (captions && rendition.text("INSTREAM-ID").isEmpty()) {
        broken(Rule.M4, "closed captions without INSTREAM-ID: " + name);
      }
      if (rendition.text("URI").isPresent() ? captions : type.equals("SUBTITLES")) {
        broken(Rule.M4, captions ? "closed captions with a URI" : "subtitles without a URI");
      }
    }
    membersByType.forEach(
        (type, groups) -> {
          if (new HashSet<>(groups.values()).size() > 1) {
            broken(Rule.M4, "the groups of type %s differ: %s".formatted(type, groups));
          }
        });
  }

  /**
   * @param chosen what the members of known languages are among which players choose, so far
   */
  private void language(AttributeList rendition, String group, Set<String> chosen) {
    String name = rendition.text("NAME").orElse("");
    String language = rendition.text("LANGUAGE").orElse("");
    if (!language.isEmpty() && Locale.forLanguageTag(language).getLanguage().isEmpty()) {
      broken(Rule.M4, "%s has the LANGUAGE %s, which is none".formatted(name, language));
    }
    String what =
        group
            + Stream.of("LANGUAGE", "ASSOC-LANGUAGE", "FORCED", "CHARACTERISTICS")
                .map(attribute -> rendition.values().getOrDefault(attribute, ""))
                .collect(Collectors.joining(" "));
    if (!language.isEmpty() && rendition.yes("AUTOSELECT") && !chosen.add(what)) {
      broken(Rule.M4_SHOULD, name + " is AUTOSELECT, and so is another of the same language");
    }
  }

  private void iFrames() {
    for (AttributeList stream : playlist.iFrames()) {
      for (String name : List.of("URI", "BANDWIDTH")) {
        if (stream.text(name).isEmpty()) {
          broken(Rule.M5, "EXT-X-I-FRAME-STREAM-INF without " + name);
        }
      }
      for (String name : NOT_OF_I_FRAMES) {
        if (stream.values().containsKey(name)) {
          broken(Rule.M5, "EXT-X-I-FRAME-STREAM-INF with " + name);
        }
      }
      List<String> missing =
          WANTED_OF_I_FRAMES.stream().filter(name -> stream.text(name).isEmpty()).toList();
      if (!missing.isEmpty()) {
        broken(Rule.M1_SHOULD, "EXT-X-I-FRAME-STREAM-INF has no " + String.join(", ", missing));
      }
    }
  }

  private void broken(Rule rule, String seen) {
    violations.add(new Violation(rule, where, seen));
  }
}

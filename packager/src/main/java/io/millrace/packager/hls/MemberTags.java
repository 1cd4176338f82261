package io.millrace.packager.hls;

import io.millrace.media.LanguageTag;
import io.millrace.media.TrackLabel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * How the members of a group are told apart (RFC 8216bis 4.4.6.1): no two have one name, and of
 * those in one language a player chooses the first by itself.
 */
final class MemberTags {
  private final List<String> names = new ArrayList<>();
  private final List<Optional<LanguageTag>> languages;

  /**
   * @param labels of the members, in order
   * @param unnamed what a member is called of which nothing is said, by its place from 0
   */
  MemberTags(List<TrackLabel> labels, IntFunction<String> unnamed) {
    this.languages = labels.stream().map(TrackLabel::language).toList();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < labels.size(); i++) {
      String wanted = labels.get(i).shown().orElse(unnamed.apply(i));
      String name = wanted;
      for (int number = 2; !taken.add(name); number++) {
        name = wanted + " " + number;
      }
      names.add(name);
    }
  }

  /** Opens a member's tag with what it is called, and its language where that is known. */
  void open(StringBuilder out, String type, String group, int index) {
    out.append("#EXT-X-MEDIA:TYPE=").append(type).append(",GROUP-ID=\"").append(group);
    out.append("\",NAME=\"").append(names.get(index)).append('"');
    languages
        .get(index)
        .ifPresent(language -> out.append(",LANGUAGE=\"").append(language).append('"'));
  }

  /** Whether it is the first of its language, which is known. */
  boolean isFirstOfItsLanguage(int index) {
    Optional<LanguageTag> language = languages.get(index);
    return language.isPresent() && languages.indexOf(language) == index;
  }
}

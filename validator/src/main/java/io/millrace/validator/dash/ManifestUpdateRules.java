package io.millrace.validator.dash;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.dash.Manifest.AdaptationSet;
import io.millrace.validator.dash.Manifest.Descriptor;
import io.millrace.validator.dash.Manifest.Period;
import io.millrace.validator.dash.Manifest.Representation;
import io.millrace.validator.dash.SegmentTemplate.Listed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules of two versions of a manifest that follow each other. Pure. */
public final class ManifestUpdateRules {
  private final String where;
  private final Manifest before;
  private final Manifest now;
  private final List<Violation> found = new ArrayList<>();

  private ManifestUpdateRules(String where, Manifest before, Manifest now) {
    this.where = where;
    this.before = before;
    this.now = now;
  }

  /** What the second of two versions breaks (A3, A4, A6, P1, P4, R3, R4). */
  public static List<Violation> check(String where, Manifest before, Manifest now) {
    ManifestUpdateRules rules = new ManifestUpdateRules(where, before, now);
    rules.root();
    rules.periods();
    return rules.found;
  }

  private void broken(Rule rule, int line, String words) {
    found.add(new Violation(rule, Place.of(where).atLine(line), words));
  }

  private void root() {
    int line = now.line();
    if (!before.dynamic() && !now.body().equals(before.body())) {
      broken(Rule.DASH_A6, line, "what was static has changed");
    }
    boolean bothStart =
        before.availabilityStart().isPresent() && now.availabilityStart().isPresent();
    if (bothStart && !now.availabilityStart().equals(before.availabilityStart())) {
      broken(
          Rule.DASH_A3,
          line,
          "the start was %s and is %s"
              .formatted(before.availabilityStart().get(), now.availabilityStart().get()));
    }
    if (!now.maxSegmentDuration().equals(before.maxSegmentDuration())) {
      broken(
          Rule.DASH_A4,
          line,
          "the longest was %s and is %s"
              .formatted(before.maxSegmentDuration(), now.maxSegmentDuration()));
    }
    if (before.published().isPresent() && now.published().isPresent()) {
      boolean changed = !now.body().equals(before.body());
      int grown = now.published().get().compareTo(before.published().get());
      if (changed ? grown <= 0 : grown < 0) {
        broken(
            Rule.DASH_A3,
            line,
            "published %s, before %s, and %s"
                .formatted(
                    now.published().get(),
                    before.published().get(),
                    changed ? "it has changed" : "nothing has changed"));
      }
    }
  }

  private void periods() {
    if (now.periods().isEmpty()
        || before.periods().isEmpty()
        || !now.availabilityStart()
            .or(() -> before.availabilityStart())
            .equals(before.availabilityStart())) {
      return;
    }
    int gone = 0;
    String first = now.periods().getFirst().id();
    while (gone < before.periods().size() && !before.periods().get(gone).id().equals(first)) {
      gone++;
    }
    int kept = before.periods().size() - gone;
    if (kept > now.periods().size()) {
      broken(Rule.DASH_A6, now.line(), "periods are gone from the end");
    }
    for (int i = 0; i < Math.min(kept, now.periods().size()); i++) {
      Period was = before.periods().get(gone + i);
      Period is = now.periods().get(i);
      if (!is.id().equals(was.id())) {
        broken(Rule.DASH_A6, is.line(), "period %s is where %s was".formatted(is.id(), was.id()));
        return;
      }
      if (!is.start().equals(was.start())) {
        broken(
            Rule.DASH_P1,
            is.line(),
            "period %s began at %s and begins at %s".formatted(is.id(), was.start(), is.start()));
      }
      boolean wasLast = gone + i == before.periods().size() - 1;
      period(was, is, wasLast);
    }
    if (kept == 0
        && now.periods().getFirst().start().compareTo(before.periods().getLast().start()) <= 0) {
      broken(Rule.DASH_A6, now.periods().getFirst().line(), "all periods are others");
    }
  }

  private void period(Period was, Period is, boolean wasLast) {
    Map<String, Representation> left = new LinkedHashMap<>();
    is.representations().forEach(each -> left.put(each.id(), each));
    was.representations()
        .forEach(
            each -> {
              Representation later = left.remove(each.id());
              if (later == null) {
                // Its last segment may have left the window while others go on.
                if (now.dynamic() && wasLast) {
                  broken(
                      Rule.DASH_A6,
                      is.line(),
                      "period %s has no representation %s any more".formatted(is.id(), each.id()));
                }
              } else {
                representation(is, each, later, wasLast);
              }
            });
    left.keySet()
        .forEach(
            id ->
                broken(
                    Rule.DASH_P4,
                    is.line(),
                    "representation %s came into period %s later".formatted(id, is.id())));
    captions(was, is);
  }

  private void captions(Period was, Period is) {
    Map<String, AdaptationSet> sets = new LinkedHashMap<>();
    is.sets().forEach(set -> sets.put(set.id(), set));
    for (AdaptationSet set : was.sets()) {
      AdaptationSet later = sets.get(set.id());
      if (later == null) {
        continue;
      }
      for (Descriptor declared : set.accessibility()) {
        boolean stays =
            later.accessibility().stream()
                .filter(each -> each.scheme().equals(declared.scheme()))
                .anyMatch(each -> each.value().contains(declared.value()));
        if (!stays) {
          broken(
              Rule.DASH_R4, later.line(), "'%s' was declared before".formatted(declared.value()));
        }
      }
    }
  }

  private void representation(
      Period period, Representation was, Representation is, boolean mayGrow) {
    if (!described(was).equals(described(is))) {
      broken(
          Rule.DASH_A6,
          is.line(),
          "%s was %s and is %s".formatted(is.id(), described(was), described(is)));
    }
    if (was.template().isEmpty() || is.template().isEmpty()) {
      return;
    }
    List<Listed> old = was.template().get().segments();
    List<Listed> listed = is.template().get().segments();
    if (old.isEmpty() || listed.isEmpty()) {
      return;
    }
    long first = listed.getFirst().number();
    if (first < old.getFirst().number()) {
      broken(Rule.DASH_A6, is.line(), is.id() + " lists segments again that were gone");
    }
    for (Listed segment : old) {
      long index = segment.number() - first;
      if (index < 0 || index >= listed.size()) {
        continue;
      }
      Listed later = listed.get((int) index);
      boolean grew = was.template().get().mayGrow(segment) && segment.time() == later.time();
      if (!grew && !segment.isAt(later)) {
        broken(
            Rule.DASH_A6,
            later.line(),
            "segment %d of %s was at %d for %d ticks and is at %d for %d"
                .formatted(
                    segment.number(),
                    is.id(),
                    segment.time(),
                    segment.duration(),
                    later.time(),
                    later.duration()));
        return;
      }
    }
    long end = listed.getLast().number();
    long endBefore = old.getLast().number();
    if (end < endBefore) {
      broken(
          Rule.DASH_A6,
          is.line(),
          "%s ended with segment %d and ends with %d".formatted(is.id(), endBefore, end));
    } else if (end > endBefore && !mayGrow) {
      broken(
          Rule.DASH_A6,
          is.line(),
          "%s grows in period %s, which was over".formatted(is.id(), period.id()));
    }
  }

  /** What may not change; the bandwidth is another matter (R2). */
  private static String described(Representation representation) {
    Optional<SegmentTemplate> template = representation.template();
    return "%s %dx%d %s %s, template %s"
        .formatted(
            representation.codecs(),
            representation.width(),
            representation.height(),
            representation.frameRate(),
            representation.channels(),
            template.map(
                each ->
                    "%s %s %d %d %s"
                        .formatted(
                            each.initialization().orElse(""),
                            each.media(),
                            each.timescale(),
                            each.timeOffset(),
                            each.early())));
  }
}

package io.millrace.validator.dash;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.dash.Manifest.AdaptationSet;
import io.millrace.validator.dash.Manifest.Descriptor;
import io.millrace.validator.dash.Manifest.Period;
import io.millrace.validator.dash.Manifest.Representation;
import io.millrace.validator.dash.SegmentTemplate.Listed;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of one version of a manifest. Pure. */
public final class ManifestRules {
  private static final String TYPE = "application/dash+xml";

  /** Of two periods: tracks do not end together. */
  private static final Duration OVERLAP = Duration.ofSeconds(1);

  /** Dates are written in microseconds, ticks are rounded. */
  private static final Duration ROUNDED = Duration.ofMillis(1);

  private static final int LEAST_TARGETS = 3;

  /** A segment of the target duration may be rounded to it (HLS B2). */
  private static final Duration ROUNDING = Duration.ofMillis(500);

  private static final Map<String, Pattern> CAPTIONS =
      Map.of(
          "urn:scte:dash:cc:cea-608:2015",
          Pattern.compile("|(?:CC[1-4]=)?[a-z]{2,3}(?:;(?:CC[1-4]=)?[a-z]{2,3})*"),
          "urn:scte:dash:cc:cea-708:2015",
          Pattern.compile(
              "|(?:\\d{1,2}=lang:)?[a-z]{2,3}(?:,[a-z]+:[01])*"
                  + "(?:;(?:\\d{1,2}=lang:)?[a-z]{2,3}(?:,[a-z]+:[01])*)*"));

  private final String where;
  private final Manifest manifest;
  private final List<Violation> found = new ArrayList<>();

  private ManifestRules(String where, Manifest manifest) {
    this.where = where;
    this.manifest = manifest;
  }

  /** A1 of an answer. */
  public static List<Violation> type(String where, String contentType) {
    String type = contentType.replaceFirst(";.*", "").strip();
    return type.equalsIgnoreCase(TYPE)
        ? List.of()
        : List.of(new Violation(Rule.DASH_A1, where, "Content-Type is '" + contentType + "'"));
  }

  /** Whether an address carries a viewer's token. */
  public static boolean hasToken(URI address) {
    return token(address.getRawQuery()).isPresent();
  }

  private static Optional<String> token(@Nullable String query) {
    return query == null
        ? Optional.empty()
        : Arrays.stream(query.split("&", -1)).filter(pair -> pair.startsWith("token=")).findFirst();
  }

  /** H2: of a manifest that was asked for with a token. */
  public static List<Violation> tokens(URI address, Manifest manifest) {
    Optional<String> token = token(address.getRawQuery());
    return token.isEmpty()
        ? List.of()
        : manifest.periods().stream()
            .flatMap(Period::representations)
            .flatMap(each -> each.template().stream())
            .flatMap(each -> Stream.concat(each.initialization().stream(), Stream.of(each.media())))
            .filter(written -> !written.contains(token.get()))
            .distinct()
            .map(written -> new Violation(Rule.DASH_H2, address.toString(), "without: " + written))
            .toList();
  }

  /** All others that one version can break. */
  public static List<Violation> check(String where, Manifest manifest) {
    ManifestRules rules = new ManifestRules(where, manifest);
    rules.root();
    rules.depth();
    rules.periods();
    manifest.periods().forEach(rules::period);
    rules.tracks();
    return rules.found;
  }

  private void broken(Rule rule, int line, String words) {
    found.add(new Violation(rule, Place.of(where).atLine(line), words));
  }

  private void root() {
    int line = manifest.line();
    if (manifest.profiles().isEmpty() || manifest.minBufferTime().isEmpty()) {
      broken(Rule.DASH_A1, line, "no MPD@profiles, or no @minBufferTime");
    }
    if (manifest.dynamic()) {
      if (manifest.availabilityStart().isEmpty() || manifest.published().isEmpty()) {
        broken(Rule.DASH_A2, line, "dynamic without @availabilityStartTime or @publishTime");
      }
      if (manifest.timings().isEmpty()) {
        broken(Rule.DASH_A5, line, "dynamic without UTCTiming");
      }
      return;
    }
    boolean says =
        manifest.presentationDuration().isPresent()
            || (!manifest.periods().isEmpty()
                && manifest.periods().getLast().duration().isPresent());
    if (!says) {
      broken(Rule.DASH_A2, line, "static without @mediaPresentationDuration");
    }
    forLive("minimumUpdatePeriod", manifest.updatePeriod());
    forLive("timeShiftBufferDepth", manifest.timeShiftDepth());
    forLive("suggestedPresentationDelay", manifest.suggestedDelay());
  }

  private void forLive(String name, Optional<Duration> said) {
    said.ifPresent(
        value -> broken(Rule.DASH_A2, manifest.line(), "static with @" + name + " " + value));
  }

  private void depth() {
    if (!manifest.dynamic() || manifest.timeShiftDepth().isEmpty()) {
      return;
    }
    Duration depth = manifest.timeShiftDepth().get();
    Duration listed = manifest.listed();
    Duration longest = manifest.maxSegmentDuration().orElse(Duration.ZERO);
    if (depth.compareTo(listed.plus(ROUNDED)) > 0
        && depth.compareTo(longest.multipliedBy(LEAST_TARGETS)) > 0) {
      broken(Rule.DASH_S5, manifest.line(), "depth is %s, listed are %s".formatted(depth, listed));
    }
    Duration targets = longest.minus(ROUNDING).multipliedBy(LEAST_TARGETS);
    Duration least = listed.compareTo(targets) < 0 ? listed : targets;
    if (depth.plus(ROUNDED).compareTo(least) < 0) {
      broken(Rule.DASH_S5, manifest.line(), "depth is %s, not %s".formatted(depth, least));
    }
  }

  private void periods() {
    if (manifest.periods().isEmpty()) {
      broken(Rule.DASH_A1, manifest.line(), "no Period");
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < manifest.periods().size(); i++) {
      Period period = manifest.periods().get(i);
      if (manifest.dynamic() && period.id().isEmpty()) {
        broken(Rule.DASH_P1, period.line(), "a period without an id");
      }
      if (!period.id().isEmpty() && !ids.add(period.id())) {
        broken(Rule.DASH_P1, period.line(), "two periods have the id " + period.id());
      }
      if (i == 0) {
        continue;
      }
      Period before = manifest.periods().get(i - 1);
      if (period.start().compareTo(before.start()) < 0
          || period.first().plus(OVERLAP).compareTo(before.end()) <= 0) {
        broken(
            Rule.DASH_P5,
            period.line(),
            "period %s begins at %s, the media before it ends at %s"
                .formatted(period.id(), period.first(), before.end()));
      }
    }
  }

  private void period(Period period) {
    Set<String> sets = new HashSet<>();
    Set<String> representations = new HashSet<>();
    Set<Long> numbers = new HashSet<>();
    for (AdaptationSet set : period.sets()) {
      if (!set.id().isEmpty() && !sets.add(set.id())) {
        broken(Rule.DASH_R3, set.line(), "two adaptation sets have the id " + set.id());
      }
      set.accessibility().forEach(this::captions);
      for (Representation each : set.representations()) {
        if (each.id().isEmpty() || !representations.add(each.id())) {
          broken(Rule.DASH_R3, each.line(), "representation '" + each.id() + "' has no id alone");
        }
        if (each.bandwidth() == 0) {
          broken(Rule.DASH_R2, each.line(), each.id() + " has no bandwidth");
        }
        each.template()
            .ifPresentOrElse(
                template -> {
                  template(each, template);
                  template.segments().stream()
                      .limit(1)
                      .filter(first -> template.numbered())
                      .forEach(first -> numbers.add(first.number()));
                },
                () -> broken(Rule.DASH_S1, each.line(), each.id() + " has no SegmentTemplate"));
      }
    }
    if (numbers.size() > 1) {
      broken(Rule.DASH_P2, period.line(), "period %s begins at %s".formatted(period.id(), numbers));
    }
  }

  private void captions(Descriptor descriptor) {
    Pattern form = CAPTIONS.get(descriptor.scheme());
    if (form != null && !form.matcher(descriptor.value()).matches()) {
      broken(
          Rule.DASH_R4,
          descriptor.line(),
          "captions in the form '%s'".formatted(descriptor.value()));
    }
  }

  private void template(Representation representation, SegmentTemplate template) {
    boolean byTime = template.media().contains("$Time");
    if (!template.numbered() && !byTime) {
      broken(Rule.DASH_S1, template.line(), "media is '%s'".formatted(template.media()));
    }
    if (!template.timed() || byTime) {
      broken(
          Rule.DASH_S1_SHOULD,
          template.line(),
          representation.id() + (byTime ? " is named by times" : " has no SegmentTimeline"));
    } else if (template.segments().isEmpty()) {
      broken(Rule.DASH_P4, template.line(), representation.id() + " has no segments");
    }
    if (template.growing() && (template.early().isEmpty() || manifest.latency().isEmpty())) {
      broken(
          Rule.DASH_L1,
          template.line(),
          representation.id() + " may grow, without @availabilityTimeOffset or a Latency");
    }
    Listed before = null;
    for (Listed segment : template.segments()) {
      Duration lasts =
          Duration.ofNanos(Math.round(segment.duration() * 1e9 / template.timescale()));
      if (manifest.maxSegmentDuration().isPresent()
          && lasts.compareTo(manifest.maxSegmentDuration().get().plus(ROUNDED)) > 0) {
        broken(
            Rule.DASH_A4,
            segment.line(),
            "segment %d of %s lasts %s, the longest is to be %s"
                .formatted(
                    segment.number(),
                    representation.id(),
                    lasts,
                    manifest.maxSegmentDuration().get()));
      }
      if (before != null && segment.time() < before.end() - 1) {
        broken(
            Rule.DASH_S2,
            segment.line(),
            "segment %d of %s begins %d ticks before the one before it ends"
                .formatted(segment.number(), representation.id(), before.end() - segment.time()));
      } else if (before != null && segment.time() > before.end() + 1) {
        broken(
            Rule.DASH_P3,
            segment.line(),
            "%d ticks of %s are missing before segment %d"
                .formatted(segment.time() - before.end(), representation.id(), segment.number()));
      }
      before = segment;
    }
  }

  /** R3: a track is named alike in every period. */
  private void tracks() {
    Map<String, String> names = new HashMap<>();
    for (Period period : manifest.periods()) {
      for (AdaptationSet set : period.sets()) {
        for (Representation each : set.representations()) {
          String name = "%s of adaptation set '%s'".formatted(set.type(), set.id());
          String before = names.putIfAbsent(each.id(), name);
          if (before != null && !before.equals(name)) {
            broken(
                Rule.DASH_R3,
                each.line(),
                "'%s' is %s, before it was %s".formatted(each.id(), name, before));
          }
        }
      }
    }
  }
}

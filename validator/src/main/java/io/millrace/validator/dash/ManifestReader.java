package io.millrace.validator.dash;

import io.millrace.validator.dash.Manifest.AdaptationSet;
import io.millrace.validator.dash.Manifest.Descriptor;
import io.millrace.validator.dash.Manifest.Period;
import io.millrace.validator.dash.Manifest.Representation;
import io.millrace.validator.dash.SegmentTemplate.Listed;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Reads manifests (ISO/IEC 23009-1); what no rule is about is not looked at. Pure. */
public final class ManifestReader {
  private static final String NAMESPACE = "urn:mpeg:dash:schema:mpd:2011";
  private static final String CHANNELS_OF_MPEG_D =
      "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";
  private static final String CHANNELS_OF_CICP = "urn:mpeg:mpegB:cicp:ChannelConfiguration";

  /** How many channels a ChannelConfiguration has (ISO/IEC 23091-3); the first is not used. */
  private static final int[] CHANNELS = {0, 1, 2, 3, 4, 5, 6, 8, 2, 3, 4, 7, 8};

  private final TimelineReader timelines = new TimelineReader();
  private final Element root;

  private ManifestReader(Element root) {
    this.root = root;
  }

  /**
   * Reads a body.
   *
   * @param address where it was found: what relative addresses in it are relative to
   * @throws MalformedManifestException when it is no manifest
   */
  public static Manifest read(URI address, byte[] body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedManifestException(0, "is not UTF-8");
    }
    Element root = XmlReader.read(body);
    if (!root.name().equals("MPD") || !root.namespace().equals(NAMESPACE)) {
      throw new MalformedManifestException(
          root.line(), "the root is %s in '%s'".formatted(root.name(), root.namespace()));
    }
    try {
      return new ManifestReader(root).manifest(address, text);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new MalformedManifestException(root.line(), String.valueOf(e.getMessage()));
    }
  }

  private Manifest manifest(URI address, String text) {
    String type = root.string("type").orElse("static");
    if (!type.equals("static") && !type.equals("dynamic")) {
      throw new MalformedManifestException(root.line(), "MPD@type is " + type);
    }
    return new Manifest(
        root.line(),
        root.string("profiles").orElse(""),
        type.equals("dynamic"),
        root.duration("minBufferTime"),
        root.date("availabilityStartTime"),
        root.date("publishTime"),
        root.duration("mediaPresentationDuration"),
        root.duration("minimumUpdatePeriod"),
        root.duration("timeShiftBufferDepth"),
        root.duration("suggestedPresentationDelay"),
        root.duration("maxSegmentDuration"),
        descriptors(root, "UTCTiming"),
        root.first("ServiceDescription")
            .flatMap(service -> service.first("Latency"))
            .map(latency -> Duration.ofMillis(latency.number("target", 0))),
        periods(based(address, root)),
        text.replaceFirst("\\spublishTime=\"[^\"]*\"", ""));
  }

  private List<Period> periods(URI base) {
    List<Element> elements = root.all("Period").toList();
    List<Period> periods = new ArrayList<>();
    Optional<Duration> next = Optional.of(Duration.ZERO);
    for (int i = 0; i < elements.size(); i++) {
      Element element = elements.get(i);
      Optional<Duration> said = element.duration("start");
      Duration start = said.or(() -> Optional.empty()).orElse(next.orElse(Duration.ZERO));
      Optional<Duration> duration = element.duration("duration");
      Optional<Duration> until =
          i + 1 < elements.size()
              ? elements.get(i + 1).duration("start")
              : root.duration("mediaPresentationDuration");
      Optional<Duration> lasts = duration.or(() -> until.map(end -> end.minus(start)));
      next = lasts.map(start::plus);
      List<AdaptationSet> sets = new ArrayList<>();
      for (Element set : element.all("AdaptationSet").toList()) {
        AdaptationSet read = set(based(base, element), element, set, lasts);
        // Sheets of thumbnails are no media.
        if (!read.type().equals("image")) {
          sets.add(read);
        }
      }
      String id = element.string("id").orElse("");
      periods.add(new Period(id, start, duration, sets, element.line()));
    }
    return periods;
  }

  private AdaptationSet set(URI base, Element period, Element set, Optional<Duration> lasts) {
    URI own = based(base, set);
    List<Representation> representations = new ArrayList<>();
    for (Element each : set.all("Representation").toList()) {
      representations.add(representation(own, period, set, each, lasts));
    }
    String type =
        set.string("contentType")
            .or(() -> either(set, "mimeType"))
            .map(words -> words.replaceFirst("/.*", ""))
            .orElse("");
    return new AdaptationSet(
        set.string("id").orElse(""),
        type,
        either(set, "startWithSAP").equals(Optional.of("1")),
        descriptors(set, "Accessibility"),
        representations,
        set.line());
  }

  /** Of the adaptation set, or of its first representation. */
  private static Optional<String> either(Element set, String attribute) {
    return set.string(attribute)
        .or(() -> set.first("Representation").flatMap(each -> each.string(attribute)));
  }

  private Representation representation(
      URI base, Element period, Element set, Element element, Optional<Duration> lasts) {
    Element merged = merged("Representation", Stream.of(set, element));
    String id = element.string("id").orElse("");
    long bandwidth = element.number("bandwidth", 0);
    List<Element> templates =
        Stream.of(period, set, element)
            .flatMap(level -> level.first("SegmentTemplate").stream())
            .toList();
    Optional<SegmentTemplate> template =
        templates.isEmpty()
            ? Optional.empty()
            : Optional.of(
                template(
                    based(base, element),
                    id,
                    bandwidth,
                    merged("SegmentTemplate", templates.stream()),
                    lasts));
    return new Representation(
        id,
        bandwidth,
        merged.string("codecs").orElse(""),
        merged.number("width", 0),
        merged.number("height", 0),
        merged.rate("frameRate"),
        Stream.of(element, set).flatMap(ManifestReader::channels).findFirst(),
        merged.number("audioSamplingRate").stream().boxed().findFirst(),
        template,
        element.line());
  }

  private SegmentTemplate template(
      URI base, String id, long bandwidth, Element element, Optional<Duration> lasts) {
    long timescale = element.number("timescale", 1);
    if (timescale == 0) {
      throw new MalformedManifestException(element.line(), "a timescale of 0");
    }
    long offset = element.number("presentationTimeOffset", 0);
    Optional<Element> timeline = element.first("SegmentTimeline");
    AtomicBoolean openEnded = new AtomicBoolean();
    List<Listed> segments =
        timeline
            .map(
                written ->
                    timelines.read(
                        written,
                        element.number("startNumber", 1),
                        timescale,
                        offset,
                        lasts,
                        () -> openEnded.set(true)))
            .orElse(List.of());
    return new SegmentTemplate(
        base,
        element.string("initialization"),
        element.string("media").orElse(""),
        id,
        bandwidth,
        timescale,
        offset,
        timeline.isPresent(),
        openEnded.get(),
        element.read("availabilityTimeOffset", "a number", ManifestReader::decimal),
        element.string("availabilityTimeComplete").equals(Optional.of("false")),
        segments,
        element.line());
  }

  private static BigDecimal decimal(String text) {
    if (!text.matches("-?\\d{1,9}(?:\\.\\d{1,9})?")) {
      throw new IllegalArgumentException(text);
    }
    return new BigDecimal(text);
  }

  /** What an inner element leaves unsaid is as in the outer ones (5.3.9.1, 5.3.7). */
  private static Element merged(String name, Stream<Element> fromOutside) {
    Map<String, String> attributes = new HashMap<>();
    List<Element> children = List.of();
    int line = 0;
    for (Element element : fromOutside.toList()) {
      attributes.putAll(element.attributes());
      children = element.children().isEmpty() ? children : element.children();
      line = element.line();
    }
    return new Element(name, NAMESPACE, line, attributes, children, "");
  }

  private static Stream<Integer> channels(Element element) {
    return descriptors(element, "AudioChannelConfiguration").stream()
        .filter(
            each ->
                each.scheme().equals(CHANNELS_OF_MPEG_D) || each.scheme().equals(CHANNELS_OF_CICP))
        .filter(each -> each.value().matches("\\d{1,2}"))
        .map(each -> Integer.parseInt(each.value()))
        .filter(configuration -> configuration < CHANNELS.length)
        .map(configuration -> CHANNELS[configuration]);
  }

  private static List<Descriptor> descriptors(Element element, String name) {
    return element
        .all(name)
        .map(
            each ->
                new Descriptor(
                    each.string("schemeIdUri").orElse(""),
                    each.string("value").orElse(""),
                    each.line()))
        .toList();
  }

  private static URI based(URI base, Element element) {
    Optional<Element> written = element.first("BaseURL");
    return written.isEmpty() ? base : base.resolve(written.get().text());
  }
}

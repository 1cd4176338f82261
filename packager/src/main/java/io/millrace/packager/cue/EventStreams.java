package io.millrace.packager.cue;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Writes the cue points of a DASH period (ISO/IEC 23009-1 5.10.2). Splices and marks of SCTE 35 are
 * in the form of ANSI/SCTE 214-1: each section as it is, the return an event of its own. What has
 * attributes instead is an event whose value is its class and whose text is JSON, names to values.
 */
public final class EventStreams {
  /** Sections as they are, in base64. */
  public static final String SCTE35 = "urn:scte:scte35:2014:xml+bin";

  /** Of cue points with attributes. */
  public static final String CUE = "urn:millrace:cue:2026";

  private static final String SIGNAL = "http://www.scte.org/schemas/35/2016";
  private static final long NANOS_PER_MILLI = 1_000_000;

  private EventStreams() {}

  /**
   * One event. What it says never changes.
   *
   * @param text of the element, escaped
   */
  private record Event(long id, long nanos, OptionalLong durationNanos, String text) {}

  /**
   * The elements of the cue points that start or return within a period; empty when none does.
   *
   * @param fromNanos where the period starts
   * @param untilNanos where the next one starts; {@link Long#MAX_VALUE} for the last one
   */
  public static String of(List<CuePoint> listed, long fromNanos, long untilNanos) {
    Map<String, List<Event>> streams = new LinkedHashMap<>();
    for (CuePoint cue : listed) {
      cue.out()
          .ifPresent(
              section ->
                  add(streams, attributes(SCTE35, ""), 0, cue, cue.startNanos(), signal(section)));
      if (cue.isOver()) {
        cue.in()
            .ifPresent(
                section ->
                    add(
                        streams,
                        attributes(SCTE35, ""),
                        1,
                        cue,
                        cue.endNanos().orElseThrow(),
                        signal(section)));
      }
      if (cue.out().isEmpty() || !cue.attributes().isEmpty() || !cue.cueClass().isEmpty()) {
        add(streams, attributes(CUE, cue.cueClass()), 0, cue, cue.startNanos(), json(cue));
      }
    }
    StringBuilder out = new StringBuilder();
    streams.forEach((head, events) -> stream(out, head, events, fromNanos, untilNanos));
    return out.toString();
  }

  private static void add(
      Map<String, List<Event>> streams,
      String head,
      int which,
      CuePoint cue,
      long nanos,
      String text) {
    OptionalLong duration =
        which == 1 || (cue.kind() == Kind.MARK && cue.plannedNanos().isEmpty())
            ? OptionalLong.of(0)
            : cue.plannedNanos();
    long id = (cue.number() * 2 + which) & 0xFFFF_FFFFL;
    streams.computeIfAbsent(head, _ -> new ArrayList<>()).add(new Event(id, nanos, duration, text));
  }

  private static String attributes(String scheme, String value) {
    return "schemeIdUri=\""
        + scheme
        + (value.isEmpty() ? "" : "\" value=\"" + escaped(value))
        + "\" timescale=\"1000\"";
  }

  private static String signal(Buffer section) {
    return "<Signal xmlns=\""
        + SIGNAL
        + "\"><Binary>"
        + Base64.getEncoder().encodeToString(section.getBytes())
        + "</Binary></Signal>";
  }

  private static String json(CuePoint cue) {
    JsonObject json = new JsonObject().put("ID", cue.id());
    cue.attributes()
        .forEach(
            (name, value) ->
                json.put(
                    name,
                    switch (value) {
                      case CueAttribute.Text(String words) -> words;
                      case CueAttribute.Bytes(Buffer data) -> data;
                      case CueAttribute.Decimal(var number) -> number;
                    }));
    return escaped(json.encode());
  }

  private static void stream(
      StringBuilder out, String head, List<Event> events, long fromNanos, long untilNanos) {
    List<Event> within =
        events.stream().filter(e -> e.nanos >= fromNanos && e.nanos < untilNanos).toList();
    if (within.isEmpty()) {
      return;
    }
    out.append("<EventStream ").append(head).append(">\n");
    for (Event event : within) {
      out.append("<Event presentationTime=\"");
      out.append(Math.round((event.nanos - fromNanos) / (double) NANOS_PER_MILLI)).append('"');
      event.durationNanos.ifPresent(
          nanos ->
              out.append(" duration=\"")
                  .append(Math.round(nanos / (double) NANOS_PER_MILLI))
                  .append('"'));
      out.append(" id=\"").append(event.id).append("\">").append(event.text).append("</Event>\n");
    }
    out.append("</EventStream>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}

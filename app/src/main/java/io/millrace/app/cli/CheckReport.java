package io.millrace.app.cli;

import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Validator;
import io.millrace.validator.Violation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A validation's report, in words and for machines. */
final class CheckReport {
  private static final int SHOWN_OF_A_RULE = 5;

  private final URI address;
  private final ValidationReport report;

  CheckReport(URI address, ValidationReport report) {
    this.address = address;
    this.report = report;
  }

  /** For people: what is broken by rule, with what to do about it. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(Credentials.hidden(address.toString())).append('\n');
    text.append("looked at ").append(words(address, report.looked()));
    text.append(report.looked().ended() ? ", to the end: it has ended\n" : "\n");
    report.edges().forEach(edge -> text.append(words(edge)).append('\n'));
    section(text, "broken", report.violations());
    section(text, "warnings", report.warnings());
    if (!report.notes().isEmpty()) {
      text.append("\nnot judged\n");
      report.notes().forEach(note -> text.append("  ").append(printable(note)).append('\n'));
    }
    if (!report.failures().isEmpty()) {
      text.append("\nthe validator failed; please report it\n");
      report.failures().forEach(words -> text.append("  ").append(printable(words)).append('\n'));
    }
    text.append('\n');
    text.append(
        report.violations().isEmpty()
            ? report.clean() ? "no rule is broken" : "no verdict"
            : count(report.violations().size(), "violation") + " of rules");
    if (!report.warnings().isEmpty()) {
      text.append(", ").append(count(report.warnings().size(), "warning"));
    }
    return text.toString();
  }

  /** For machines. */
  JsonObject json() {
    ValidationReport.Looked looked = report.looked();
    return new JsonObject()
        .put("address", Credentials.hidden(address.toString()))
        .put("clean", report.clean())
        .put(
            "looked",
            new JsonObject()
                .put("playlists", looked.playlists())
                .put("versions", looked.versions())
                .put("segments", looked.segments())
                .put("bytes", looked.bytes())
                .put("mediaSeconds", looked.seconds())
                .put("ended", looked.ended()))
        .put("lowLatency", new JsonArray(report.edges().stream().map(CheckReport::json).toList()))
        .put("violations", list(report.violations()))
        .put("warnings", list(report.warnings()))
        .put("notes", hidden(report.notes()))
        .put("failures", hidden(report.failures()));
  }

  /** How much was looked at of what is at an address. */
  static String words(URI address, ValidationReport.Looked looked) {
    return String.format(
        Locale.ROOT,
        "%s in %s, %s, %.1f s of media, %.1f MB",
        count(looked.playlists(), Validator.isManifest(address) ? "manifest" : "playlist"),
        count(looked.versions(), "version"),
        count(looked.segments(), "segment"),
        looked.seconds(),
        looked.bytes() / 1e6);
  }

  /** How the parts of a playlist came. */
  private static String words(ValidationReport.LiveEdge edge) {
    String latency =
        Double.isNaN(edge.medianLatencySeconds())
            ? ""
            : String.format(
                Locale.ROOT,
                ", %.2f s behind their dates (median; at most %.2f s)",
                edge.medianLatencySeconds(),
                edge.worstLatencySeconds());
    return printable(edge.playlist())
        + String.format(
            Locale.ROOT,
            "\n  %s came while they were waited for, %d late, %.3f s apart at most%s",
            count(edge.parts(), "part"),
            edge.late(),
            edge.longestSeconds(),
            latency);
  }

  private static JsonObject json(ValidationReport.LiveEdge edge) {
    JsonObject json =
        new JsonObject()
            .put("playlist", Credentials.hidden(edge.playlist()))
            .put("parts", edge.parts())
            .put("late", edge.late())
            .put("longestSeconds", edge.longestSeconds());
    if (!Double.isNaN(edge.medianLatencySeconds())) {
      json.put("medianLatencySeconds", edge.medianLatencySeconds())
          .put("worstLatencySeconds", edge.worstLatencySeconds());
    }
    return json;
  }

  private static void section(StringBuilder text, String title, List<Violation> violations) {
    if (violations.isEmpty()) {
      return;
    }
    Map<Rule, List<Violation>> byRule = new EnumMap<>(Rule.class);
    violations.forEach(
        violation ->
            byRule.computeIfAbsent(violation.rule(), r -> new ArrayList<>()).add(violation));
    text.append('\n').append(title).append('\n');
    byRule.forEach(
        (rule, found) -> {
          text.append("  ").append(rule.id()).append("  ").append(rule.words()).append('\n');
          found.stream()
              .limit(SHOWN_OF_A_RULE)
              .forEach(
                  violation ->
                      text.append("      ")
                          .append(printable(violation.place().toString()))
                          .append("\n        ")
                          .append(printable(violation.seen()))
                          .append('\n'));
          if (found.size() > SHOWN_OF_A_RULE) {
            text.append("      and ").append(found.size() - SHOWN_OF_A_RULE).append(" more\n");
          }
          text.append("      what to do: ").append(rule.remedy()).append('\n');
        });
  }

  private static JsonArray list(List<Violation> violations) {
    JsonArray list = new JsonArray();
    for (Violation violation : violations) {
      list.add(
          new JsonObject()
              .put("rule", violation.rule().id())
              .put("words", violation.rule().words())
              .put("remedy", violation.rule().remedy())
              .put("address", Credentials.hidden(violation.place().address()))
              .put("version", violation.place().version())
              .put("line", violation.place().line())
              .put("path", violation.place().path())
              .put("seen", Credentials.hidden(violation.seen())));
    }
    return list;
  }

  private static JsonArray hidden(List<String> texts) {
    return new JsonArray(texts.stream().map(Credentials::hidden).toList());
  }

  /** What a server wrote, without credentials and what would move a terminal's cursor. */
  private static String printable(String text) {
    return Credentials.hidden(text).replaceAll("\\p{Cntrl}", "?");
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}

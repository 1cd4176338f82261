package io.millrace.app.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What was measured. Latencies are in microseconds from when a message was meant to be sent, so
 * that whatever held up the sender counts too.
 *
 * @param connections that were open
 * @param sent messages that were acknowledged
 * @param received messages, by all subscribers together
 * @param failed messages that were not acknowledged, and connections that were lost
 * @param missing messages that were acknowledged and have not come to a subscriber, for all
 *     subscribers together; 0 where it is not known who should have had what
 * @param seconds that it took
 * @param cpuSeconds that this program itself used meanwhile
 */
public record LoadReport(
    int connections,
    long sent,
    long received,
    long failed,
    long missing,
    double seconds,
    double cpuSeconds,
    Histogram latencies) {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};
  private static final int LONGEST_HISTOGRAM = 1 << 20;

  /** The same, where each of so many subscribers should have had all that was acknowledged. */
  public LoadReport expecting(int subscribers) {
    return new LoadReport(
        connections,
        sent,
        received,
        failed,
        Math.max(0, sent * subscribers - received),
        seconds,
        cpuSeconds,
        latencies);
  }

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("connections  %d", connections));
    if (sent > 0) {
      lines.add(line("published    %d, %.0f a second", sent, sent / seconds));
    }
    if (received > 0) {
      lines.add(line("received     %d, %.0f a second", received, received / seconds));
    }
    lines.add(line("failed       %d", failed));
    if (missing > 0) {
      lines.add(line("missing      %d", missing));
    }
    if (latencies.getTotalCount() > 0) {
      StringBuilder late = new StringBuilder("latency ms  ");
      for (double percentile : PERCENTILES) {
        late.append(
            line(
                " p%s %.2f,",
                word(percentile), millis(latencies.getValueAtPercentile(percentile))));
      }
      lines.add(late + line(" max %.2f", millis(latencies.getMaxValue())));
    }
    lines.add(
        line(
            "this program %.2f s of CPU, %.0f %% of a core",
            cpuSeconds, cpuSeconds / seconds * 100));
    return lines;
  }

  /** For machines, with the whole histogram, so that reports of several processes can be merged. */
  public JsonObject json() {
    JsonObject late = new JsonObject();
    for (double percentile : PERCENTILES) {
      late.put("p" + word(percentile), millis(latencies.getValueAtPercentile(percentile)));
    }
    late.put("max", millis(latencies.getMaxValue()));
    ByteBuffer encoded = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
    int length = latencies.encodeIntoCompressedByteBuffer(encoded);
    return new JsonObject()
        .put("connections", connections)
        .put("sent", sent)
        .put("received", received)
        .put("failed", failed)
        .put("missing", missing)
        .put("seconds", seconds)
        .put("cpuSeconds", cpuSeconds)
        .put("sentPerSecond", sent / seconds)
        .put("receivedPerSecond", received / seconds)
        .put("latencyMillis", late)
        .put(
            "histogram",
            Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length)));
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static LoadReport read(JsonObject json) {
    try {
      byte[] encoded = Base64.getDecoder().decode(json.getString("histogram"));
      if (encoded.length > LONGEST_HISTOGRAM) {
        throw new IllegalArgumentException("the histogram is too long");
      }
      return new LoadReport(
          json.getInteger("connections"),
          json.getLong("sent"),
          json.getLong("received"),
          json.getLong("failed"),
          json.getLong("missing", 0L),
          json.getDouble("seconds"),
          json.getDouble("cpuSeconds"),
          Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), 0));
    } catch (DataFormatException
        | ClassCastException
        | NullPointerException
        | BufferUnderflowException e) {
      throw new IllegalArgumentException("this is no report of 'millrace bench --json'", e);
    }
  }

  /** All of them as if it had been one; they have run at the same time. */
  public static LoadReport merged(List<LoadReport> reports) {
    Histogram all = Measuring.histogram();
    reports.forEach(report -> all.add(report.latencies));
    return new LoadReport(
        reports.stream().mapToInt(LoadReport::connections).sum(),
        reports.stream().mapToLong(LoadReport::sent).sum(),
        reports.stream().mapToLong(LoadReport::received).sum(),
        reports.stream().mapToLong(LoadReport::failed).sum(),
        reports.stream().mapToLong(LoadReport::missing).sum(),
        reports.stream().mapToDouble(LoadReport::seconds).max().orElse(1),
        reports.stream().mapToDouble(LoadReport::cpuSeconds).sum(),
        all);
  }

  /** The reports in an array of them, or the one in an object. */
  public static List<LoadReport> readAll(String text) {
    return text.stripLeading().startsWith("[")
        ? new JsonArray(text).stream().map(one -> read((JsonObject) one)).toList()
        : List.of(read(new JsonObject(text)));
  }

  private static double millis(long micros) {
    return micros / 1000.0;
  }

  private static String word(double percentile) {
    return percentile == Math.rint(percentile)
        ? Long.toString(Math.round(percentile))
        : Double.toString(percentile);
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is in no library of ours
  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}

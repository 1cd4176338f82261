package io.millrace.app.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LoadReportTest {
  private static LoadReport report(long micros, int times) {
    Histogram latencies = Measuring.histogram();
    latencies.recordValueWithCount(micros, times);
    return new LoadReport(10, 5, times, 1, 0, 2, 0.5, latencies);
  }

  @Test
  void reportsOfSeveralProcessesAreMergedWithTheirHistograms() {
    LoadReport merged =
        LoadReport.merged(
            List.of(
                LoadReport.read(report(1000, 990).json()),
                LoadReport.read(new JsonObject(report(100_000, 10).json().encode()))));

    assertThat(merged.connections()).isEqualTo(20);
    assertThat(merged.received()).isEqualTo(1000);
    assertThat(merged.failed()).isEqualTo(2);
    assertThat(merged.seconds()).isEqualTo(2);
    assertThat(merged.cpuSeconds()).isEqualTo(1);
    JsonObject late = merged.json().getJsonObject("latencyMillis");
    assertThat(late.getDouble("p50")).isBetween(0.99, 1.01);
    assertThat(late.getDouble("p99")).isBetween(0.99, 1.01);
    assertThat(late.getDouble("p99.9")).isBetween(99.0, 101.0);
    assertThat(late.getDouble("max")).isBetween(99.0, 101.0);
  }

  @Test
  void saysItInWords() {
    assertThat(String.join("\n", report(1000, 990).lines()))
        .contains("received     990, 495 a second")
        .contains("p50 1.00, p90 1.00, p99 1.00, p99.9 1.00, max 1.00")
        .contains("0.50 s of CPU, 25 % of a core");
  }

  @Test
  void saysWhatSubscribersHaveNotHad() {
    LoadReport report = report(1000, 45);

    assertThat(report.missing()).isZero();
    assertThat(report.expecting(10).missing()).isEqualTo(5);
    assertThat(report.expecting(10).lines()).contains("missing      5");
    assertThat(report.expecting(9).missing()).isZero();
    assertThat(report.expecting(5).missing()).isZero();
    LoadReport read = LoadReport.read(report.expecting(10).json());
    assertThat(LoadReport.merged(List.of(read, read)).missing()).isEqualTo(10);
  }

  @Test
  void whatIsNoReportIsRefused() {
    assertThatThrownBy(() -> LoadReport.readAll("{}")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> LoadReport.readAll(report(1, 1).json().put("histogram", "AAAA").encode()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(LoadReport.readAll("[" + report(1, 1).json().encode() + "]")).hasSize(1);
  }

  @Test
  void aPayloadSaysWhenItWasMeantToBeSent() {
    assertThat(Stamp.read(Stamp.payload(1_769_860_800_123_456L, 100)))
        .hasValue(1_769_860_800_123_456L);
    assertThat(Stamp.payload(0, 1)).hasSize(Stamp.LEAST_BYTES);
    assertThat(Stamp.read(new byte[100])).isEmpty();
    assertThat(Stamp.read("load 12".getBytes(java.nio.charset.StandardCharsets.UTF_8))).isEmpty();
  }
}

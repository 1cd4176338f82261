package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every measurement still works and is not far off its goal. The goals themselves are for a quiet
 * machine and the long form: RESULTS.md.
 */
class ShortFormIT {
  private static final double FAR_OFF = 4;

  @Test
  void startUp() {
    plausible(StartUp.measure(1), 4);
  }

  @Test
  void publishToPlay() {
    plausible(PublishToPlay.measure(1), 1);
  }

  @Test
  void idleCost() throws InterruptedException {
    List<Row> rows = IdleCost.measure(Duration.ofSeconds(1), Duration.ofSeconds(3));
    Form.print(rows);
    assertThat(rows).hasSize(2);
    // Just after its start the program still compiles itself, so only memory is judged here.
    assertThat(rows.getFirst().measured()).isBetween(50.0, rows.getFirst().goal() * 2);
  }

  @Test
  void viewers() throws Exception {
    List<Row> rows = Viewers.measure(20, Duration.ofSeconds(2), 1);
    Form.print(rows);
    assertThat(rows).allSatisfy(row -> assertThat(row.measured()).isGreaterThan(0.05));
  }

  @Test
  void heldViewers() throws Exception {
    List<Row> rows = HeldViewers.measure(100, Duration.ofSeconds(3), Duration.ofSeconds(5));
    Form.print(rows);
    assertThat(rows).isNotEmpty();
    // Nothing is compiled yet, others use the machine too, and 99 % of so few is the latest wave.
    assertThat(rows.getFirst().measured()).isBetween(0.01, 3_000.0);
    assertThat(rows).allSatisfy(row -> assertThat(row.measured()).isGreaterThan(0.01));
  }

  @Test
  void packaging() throws Exception {
    List<Row> rows = Packaging.measure(60, 1, Duration.ofSeconds(60));
    Form.print(rows);
    // Nothing is compiled yet; allocation is the same on any machine.
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0).measured()).isBetween(0.01, 50.0);
    assertThat(rows.get(1).measured()).isGreaterThan(20);
    assertThat(rows.get(2).measured()).isBetween(100.0, 1024.0);
  }

  @Test
  void publishers() throws Exception {
    List<Row> rows =
        Publishers.measure(10, Duration.ofSeconds(16), Duration.ofSeconds(4), 1, "cmaf");
    Form.print(rows);
    if (!rows.isEmpty()) {
      // Just after its start the program still compiles itself.
      assertThat(rows.getFirst().measured()).isBetween(0.05, 40.0);
      assertThat(rows.getLast().measured()).as("late or lost").isZero();
    }
  }

  @Test
  void punctualParts() throws Exception {
    List<Row> rows = PunctualParts.measure(5, Duration.ofSeconds(3), Duration.ofSeconds(5));
    Form.print(rows);
    assertThat(rows).hasSize(2);
    // Nothing is compiled yet: how many are late is for the long form.
    assertThat(rows.getFirst().how()).contains(", of ").doesNotContain(", of 0;");
    assertThat(rows.getLast().measured()).isBetween(0.01, rows.getLast().goal() * FAR_OFF);
  }

  @Test
  void transcodeCost() throws Exception {
    List<Row> rows = TranscodeCost.measure(Duration.ofSeconds(2), Duration.ofSeconds(5), 1);
    Form.print(rows);
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().measured()).isBetween(0.2, rows.getFirst().goal() * FAR_OFF);
  }

  @Test
  void publishCycles() throws Exception {
    List<Row> rows =
        PublishCycles.measure(new PublishCycles.Cycles(200, 3), new PublishCycles.Cycles(100, 3));
    Form.print(rows);
    assertThat(rows).hasSize(6);
    // A hundred of each kind: a few hundred bytes left behind by each would show.
    // The pool of workers has grown to its twenty before, so that a thread would show as well.
    assertThat(rows.subList(0, 5)).allSatisfy(row -> assertThat(row.met()).as(row.what()).isTrue());
  }

  private static void plausible(List<Row> rows, int expected) {
    Form.print(rows);
    assertThat(rows)
        .hasSize(expected)
        .allSatisfy(row -> assertThat(row.measured()).isBetween(0.01, row.goal() * FAR_OFF));
  }
}

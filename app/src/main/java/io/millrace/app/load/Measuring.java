package io.millrace.app.load;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Collects what one run measures, from its creation on. Thread-safe. */
public final class Measuring {
  private static final long LONGEST_MICROS = Duration.ofMinutes(10).toNanos() / 1000;
  private static final int DIGITS = 3;

  private final Histogram latencies = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final long started = System.nanoTime();
  private final Duration cpuBefore = cpu();

  static Histogram histogram() {
    return new Histogram(LONGEST_MICROS, DIGITS);
  }

  /** A message that was meant to be sent at this time is acknowledged now. */
  public void acknowledged(long intendedMicros) {
    sent.increment();
    late(intendedMicros);
  }

  /** A message is acknowledged, whose subscribers say how late it is. */
  public void acknowledged() {
    sent.increment();
  }

  /** A message that was meant to be sent at this time has come now. */
  public void received(long intendedMicros) {
    received.increment();
    late(intendedMicros);
  }

  /** A message that says nothing about its time has come. */
  public void received() {
    received.increment();
  }

  /** A message was not acknowledged, or a connection was lost. */
  public void failed() {
    failed.increment();
  }

  /** How many messages have come. */
  public long receivedSoFar() {
    return received.sum();
  }

  private void late(long intendedMicros) {
    latencies.recordValue(Math.clamp(Stamp.now() - intendedMicros, 0, LONGEST_MICROS));
  }

  /** What was measured until now. */
  public LoadReport report(int connections) {
    return new LoadReport(
        connections,
        sent.sum(),
        received.sum(),
        failed.sum(),
        0,
        Math.max(1e-3, (System.nanoTime() - started) / 1e9),
        cpu().minus(cpuBefore).toNanos() / 1e9,
        latencies.copy());
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }
}

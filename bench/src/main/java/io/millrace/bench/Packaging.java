package io.millrace.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.millrace.testkit.Clips;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the packager costs without a network: a real clip goes through a live stream and the
 * packager into a directory, as fast as it goes, on a clock that moves with the media.
 */
public final class Packaging {
  /** Of a second on the air, storing included; 2 ms are the goal with ingest and delivery. */
  private static final double CPU_GOAL_MILLIS = 1;

  private static final double SPEED_GOAL_TIMES = 2000;
  private static final double ALLOCATION_GOAL_KIB = 1024;

  /** Media that goes in before the store has to catch up, in seconds. */
  private static final int BATCH = 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private Packaging() {}

  public static void main(String[] args) throws Exception {
    if (Form.isShort(args)) {
      Form.print(measure(60, 1, Duration.ofSeconds(60)));
    } else {
      Form.print(measure(600, 5, Duration.ofSeconds(60)));
      Form.print(measure(7200, 1, Duration.ofHours(2)));
    }
  }

  /**
   * Packages so many seconds of media once to warm up, and then as often as asked.
   *
   * @param window what the playlists cover
   */
  public static List<Row> measure(int seconds, int times, Duration window) throws Exception {
    Path data = Form.newFolder();
    double[] cpu = new double[times];
    double[] speed = new double[times];
    double[] bytes = new double[times];
    try (PackagedClip clip = new PackagedClip(Clips.bigBuckBunny(), data, window)) {
      run(clip, seconds);
      for (int i = 0; i < times; i++) {
        long began = SYSTEM.getProcessCpuTime();
        Loop loop = run(clip, seconds);
        cpu[i] = (SYSTEM.getProcessCpuTime() - began) / 1e6 / seconds;
        speed[i] = seconds * 1e9 / loop.cpuNanos;
        bytes[i] = loop.allocated / 1024.0 / seconds;
      }
    } finally {
      Form.delete(data);
    }
    String how = seconds + " s of the clip, window " + window.toSeconds() + " s; ";
    return List.of(
        Row.atMost(
            "packaging and storing a second on the air, all threads",
            new Sample(cpu).median(),
            CPU_GOAL_MILLIS,
            "ms",
            how + new Sample(cpu).spread("ms")),
        Row.atLeast(
            "packaging without the store, times real time a core",
            new Sample(speed).median(),
            SPEED_GOAL_TIMES,
            "×",
            how + new Sample(speed).spread("×")),
        Row.atMost(
            "packaging, allocated by the event loop a second on the air",
            new Sample(bytes).median(),
            ALLOCATION_GOAL_KIB,
            "KiB",
            how + new Sample(bytes).spread("KiB")));
  }

  /** What the event loop has used. */
  private record Loop(long cpuNanos, long allocated) {}

  private static Loop run(PackagedClip clip, int seconds) throws Exception {
    long cpuNanos = 0;
    long allocated = 0;
    for (int sent = 0; sent < seconds; sent += BATCH) {
      int next = Math.min(BATCH, seconds - sent);
      Loop used =
          clip.onLoop(
              () -> {
                long thread = Thread.currentThread().threadId();
                long cpu = THREADS.getCurrentThreadCpuTime();
                long heap = THREADS.getThreadAllocatedBytes(thread);
                clip.send(next);
                return new Loop(
                    THREADS.getCurrentThreadCpuTime() - cpu,
                    THREADS.getThreadAllocatedBytes(thread) - heap);
              });
      cpuNanos += used.cpuNanos;
      allocated += used.allocated;
      clip.awaitStored();
    }
    return new Loop(cpuNanos, allocated);
  }
}

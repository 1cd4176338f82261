package io.millrace.config;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * How much memory the program may take. A size beyond it would bound nothing: the program would end
 * for want of memory before it is reached.
 *
 * @param heapBytes of Java objects
 * @param directBytes outside the heap
 */
public record MemoryBounds(LongSupplier heapBytes, LongSupplier directBytes) {
  /** Where the program that is to run is another one. */
  public static final MemoryBounds NONE =
      new MemoryBounds(() -> Long.MAX_VALUE, () -> Long.MAX_VALUE);

  private static final long UNIT = 1 << 20;

  /** Those of this process. */
  public static MemoryBounds here() {
    // Asked only where a size is given: the second takes a while.
    return new MemoryBounds(Runtime.getRuntime()::maxMemory, MemoryBounds::direct);
  }

  private static long direct() {
    long most =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
    // Where it is not set, as much as on the heap.
    return most == 0 ? Runtime.getRuntime().maxMemory() : most;
  }

  /**
   * @throws IllegalArgumentException with words for the user when there is less than that
   */
  long heap(String text, long bytes) {
    return atMost(heapBytes.getAsLong(), text, bytes, "on the Java heap", "-Xmx");
  }

  /**
   * @throws IllegalArgumentException as above
   */
  long direct(String text, long bytes) {
    return atMost(
        directBytes.getAsLong(), text, bytes, "outside the Java heap", "-XX:MaxDirectMemorySize");
  }

  private static long atMost(long most, String text, long bytes, String where, String option) {
    if (bytes > most) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is more than the "
              + ValueText.showSize(most / UNIT * UNIT)
              + " that this program may take "
              + where
              + " here; write less, or give it more by "
              + option
              + " in MILLRACE_JVM_OPTIONS");
    }
    return bytes;
  }
}

package io.millrace.testkit.fuzz;

import com.sun.management.ThreadMXBean;
import io.millrace.testkit.Seeds;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a parser the mutations of a corpus and holds it to three rules: it throws nothing but its
 * own exceptions, it takes little time, and it allocates by what it got, not by what was announced.
 *
 * <p>Round n is made of seed n alone, so a normal build tries the same inputs every time, {@value
 * #ROUNDS} or as many as fit into two seconds, and {@code -Dmillrace.seed=n} repeats one. With
 * {@code -Dmillrace.fuzz.seconds=s} (the profile {@code full} sets it) it goes on for so long.
 *
 * <pre>{@code
 * Fuzz.of(valid).allowing(MalformedMediaException.class).run(bytes -> Thing.parse(bytes));
 * }</pre>
 */
public final class Fuzz {
  /** How many inputs a normal build tries for each parser. */
  public static final int ROUNDS = 20_000;

  private static final long NORMAL_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long MAX_CPU_NANOS = Duration.ofMillis(500).toNanos();
  private static final Duration MAX_ROUND = Duration.ofSeconds(20);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<byte[]> corpus;
  private final Mutator mutator;
  private final List<Class<? extends Throwable>> allowed = new ArrayList<>();
  private long fixedBytes = 1 << 20;
  private int bytesPerByte = 256;
  private volatile long round = -1;

  /** What is fed. The array is the target's own. */
  @FunctionalInterface
  public interface Target {
    void accept(byte[] input) throws Exception;
  }

  /**
   * What came of a run.
   *
   * @param accepted inputs that were parsed
   * @param refused inputs that gave an allowed exception
   */
  public record Outcome(long accepted, long refused) {}

  private Fuzz(List<byte[]> corpus) {
    if (corpus.isEmpty()) {
      throw new IllegalArgumentException("a corpus needs at least one input");
    }
    this.corpus = corpus.stream().map(byte[]::clone).toList();
    this.mutator = new Mutator(this.corpus);
  }

  /** Mutations of inputs that the parser takes as they are. */
  public static Fuzz of(byte[]... corpus) {
    return new Fuzz(List.of(corpus));
  }

  /** Mutations of inputs that the parser takes as they are. */
  public static Fuzz of(List<byte[]> corpus) {
    return new Fuzz(corpus);
  }

  /** Mutations of the files of a folder, in the order of their names. */
  public static Fuzz of(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<byte[]> corpus = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        corpus.add(Files.readAllBytes(file));
      }
      return new Fuzz(corpus);
    }
  }

  /** What the target may throw: its own exceptions for bad input. */
  public Fuzz allowing(Class<? extends Throwable> exception) {
    allowed.add(exception);
    return this;
  }

  /** What the target may allocate for one input; without it a mebibyte and 256 bytes a byte. */
  public Fuzz allocating(long fixed, int perByte) {
    fixedBytes = fixed;
    bytesPerByte = perByte;
    return this;
  }

  /**
   * Feeds the corpus as it is, which must be taken, and then its mutations.
   *
   * @throws AssertionError naming the seed and the input that broke a rule
   */
  public Outcome run(Target target) {
    for (byte[] valid : corpus) {
      Throwable thrown = feed(target, valid);
      if (thrown != null) {
        throw failure("the corpus is refused", valid, thrown);
      }
    }
    FutureTask<Outcome> task = new FutureTask<>(() -> rounds(target));
    Thread runner = Thread.ofPlatform().daemon().name("fuzz").start(task);
    long seen = -1;
    while (true) {
      try {
        return task.get(MAX_ROUND.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        if (round == seen) {
          AssertionError hangs = failure("the target does not return", input(seen), null);
          hangs.setStackTrace(runner.getStackTrace());
          throw hangs;
        }
        seen = round;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof AssertionError error) {
          throw error;
        }
        throw new AssertionError(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  private Outcome rounds(Target target) {
    Long only = Long.getLong("millrace.seed");
    if (only != null) {
      return round(target, only) ? new Outcome(1, 0) : new Outcome(0, 1);
    }
    long seconds = Long.getLong("millrace.fuzz.seconds", 0);
    long start = System.nanoTime();
    long most = seconds > 0 ? TimeUnit.SECONDS.toNanos(seconds) : NORMAL_NANOS;
    long accepted = 0;
    long seed = 0;
    while ((seconds > 0 || seed < ROUNDS) && System.nanoTime() - start < most) {
      accepted += round(target, seed) ? 1 : 0;
      seed++;
    }
    return new Outcome(accepted, seed - accepted);
  }

  private boolean round(Target target, long seed) {
    round = seed;
    byte[] input = input(seed);
    long thread = Thread.currentThread().threadId();
    long allocatedBefore = THREADS.getThreadAllocatedBytes(thread);
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    Throwable thrown = feed(target, input);
    long cpu = THREADS.getCurrentThreadCpuTime() - cpuBefore;
    long allocated = THREADS.getThreadAllocatedBytes(thread) - allocatedBefore;
    if (thrown != null && allowed.stream().noneMatch(type -> type.isInstance(thrown))) {
      throw failure("threw " + thrown, input, thrown);
    }
    if (cpu > MAX_CPU_NANOS) {
      throw failure("took " + TimeUnit.NANOSECONDS.toMillis(cpu) + " ms", input, null);
    }
    if (allocated > fixedBytes + (long) bytesPerByte * input.length) {
      throw failure("allocated " + allocated + " bytes", input, null);
    }
    return thrown == null;
  }

  private static @Nullable Throwable feed(Target target, byte[] input) {
    try {
      target.accept(input.clone());
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  private byte[] input(long seed) {
    RandomGenerator random = Seeds.random(seed);
    return mutator.next(random);
  }

  private AssertionError failure(String what, byte[] input, @Nullable Throwable cause) {
    String repeat = round < 0 ? "" : " (repeat with -Dmillrace.seed=" + round + ")";
    String hex = HexFormat.of().formatHex(input, 0, Math.min(input.length, 4_096));
    return new AssertionError(what + repeat + " for " + input.length + " bytes: " + hex, cause);
  }
}

package io.millrace.broker.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of a partition equals looking at every message, or is before it, whatever happens. */
class PartitionIndexPropertyTest {
  private static final PartitionRef REF = new PartitionRef("plant", 1, 0);
  private static final int WIDE = 70_000;

  @TempDir private Path folder;

  /** What the log holds, and an index of it. */
  private static final class Model {
    private final RandomGenerator random;
    private final IndexSnapshot snapshot;
    private final long memoryBytes;
    private List<Message> log = new ArrayList<>();
    private PartitionIndex index;
    private long start;
    private long end;
    private long clock = 1000;
    private boolean hasSnapshot;

    private Model(RandomGenerator random, Path file, long memoryBytes) {
      this.random = random;
      this.memoryBytes = memoryBytes;
      this.snapshot = new IndexSnapshot(file, "cluster", REF);
      this.index = empty();
    }

    private PartitionIndex empty() {
      IndexMemory memory = new IndexMemory(memoryBytes);
      PartitionIndex made = new PartitionIndex(memory, new SplittableRandom(random.nextLong()));
      memory.add(made);
      return made;
    }

    private void append(List<String> paths, int payload) {
      List<Message> batch = new ArrayList<>();
      for (String path : paths) {
        end += random.nextInt(3) == 0 ? 2 : 1;
        // A clock that steps back sometimes.
        clock += random.nextInt(5) == 0 ? -random.nextInt(20) : random.nextInt(5);
        batch.add(message(path, end - 1, clock, payload));
      }
      log.addAll(batch);
      index.add(batch);
    }

    private void trim(long to) {
      start = Math.min(to, end);
      log.removeIf(message -> message.offset() < start);
      index.trim(start);
    }

    private void cut(long to) {
      log.removeIf(message -> message.offset() >= to);
      end = to;
      start = Math.min(start, to);
      index.cut(to);
      hasSnapshot = false;
    }

    private void save() throws IOException {
      snapshot.write(index);
      hasSnapshot = true;
    }

    private void reload() throws IOException {
      index = empty();
      if (hasSnapshot) {
        snapshot.read(index);
      }
      index.trim(start);
      long from = index.end();
      index.add(log.stream().filter(message -> message.offset() >= from).toList());
    }

    private void check(String path) {
      List<Message> messages = log.stream().filter(m -> m.path().equals(path)).toList();
      for (int i = 0; i < 5; i++) {
        long from = start + random.nextLong(end - start + 2);
        long truth =
            messages.stream()
                .mapToLong(Message::offset)
                .filter(o -> o >= from)
                .findFirst()
                .orElse(TopicIndex.NONE);
        long next = index.next(path, from);
        assertThat(next).as("next " + from).isBetween(from, truth);
        assertThat(index.until(path, next, random.nextInt(100)))
            .as("until " + next)
            .isGreaterThan(next == TopicIndex.NONE ? 0 : next);
      }
      for (int count : new int[] {1, 2, 10, 1 + random.nextInt(1000)}) {
        long truth =
            messages.isEmpty()
                ? TopicIndex.NONE
                : messages.get(Math.max(0, messages.size() - count)).offset();
        assertThat(index.last(path, count)).as("last " + count).isBetween(start, truth);
      }
      for (int i = 0; i < 3; i++) {
        long time = clock - random.nextInt(3000) + 5;
        long truth =
            messages.stream()
                .filter(m -> m.timestamp() >= time)
                .mapToLong(Message::offset)
                .findFirst()
                .orElse(TopicIndex.NONE);
        assertThat(index.since(path, time)).as("since " + time).isBetween(start, truth);
      }
    }
  }

  private static Message message(String path, long offset, long time, int payload) {
    return new Message(
        path, 0, offset, time, null, false, Message.NEVER, Headers.NONE, new byte[payload]);
  }

  @Test
  void isNeverBehindWhateverIsAppendedTrimmedCutSavedAndReloaded() {
    Seeds.forEach(
        100,
        random -> {
          Model model = new Model(random, folder.resolve("index"), 1 << 20);
          int topics = 1 + random.nextInt(40);
          int payload = random.nextInt(4) == 0 ? 5000 : 40;
          for (int step = 0; step < 80; step++) {
            step(model, topics, payload, random);
            model.check("t/" + random.nextInt(topics));
            model.check("never");
          }
        });
  }

  private static void step(Model model, int topics, int payload, RandomGenerator random)
      throws IOException {
    switch (random.nextInt(14)) {
      case 0 -> model.trim(model.start + random.nextLong(model.end - model.start + 1));
      case 1 -> model.cut(model.end - random.nextLong(Math.min(300, model.end - model.start) + 1));
      case 2 -> model.save();
      case 3 -> model.reload();
      default -> {
        List<String> paths = new ArrayList<>();
        for (int i = random.nextInt(200); i >= 0; i--) {
          // Some topics are busy, most are quiet.
          int topic = Math.min(random.nextInt(topics), random.nextInt(topics));
          paths.add("t/" + Math.min(topic, random.nextInt(topics)));
        }
        model.append(paths, payload);
      }
    }
  }

  @Test
  void isNeverBehindWhenMemoryIsShort() {
    Seeds.forEach(
        2,
        random -> {
          Model model = new Model(random, folder.resolve("short"), 1 << 20);
          for (int step = 0; step < 40; step++) {
            List<String> paths = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
              int of = random.nextInt(3) == 0 ? WIDE : 500;
              paths.add("t/" + random.nextInt(of));
            }
            model.append(paths, 200);
            if (step % 20 == 13) {
              model.trim(model.start + (model.end - model.start) / 3);
              model.save();
            }
            if (step % 20 == 17) {
              model.reload();
            }
            for (int i = 0; i < 3; i++) {
              model.check("t/" + random.nextInt(random.nextBoolean() ? WIDE : 500));
            }
            assertThat(model.index.bytes()).isLessThanOrEqualTo(5L << 18);
          }
          assertThat(model.index.topics()).isGreaterThan(5000);
        });
  }

  @Test
  void isExactForTheNewestMessagesOfQuietTopics() {
    Seeds.forEach(
        20,
        random -> {
          Model model = new Model(random, folder.resolve("exact"), 8 << 20);
          List<Long> quiet = new ArrayList<>();
          for (int i = 0; i < 30; i++) {
            model.append(List.of("quiet"), 10);
            quiet.add(model.end - 1);
            List<String> busy = new ArrayList<>();
            for (int j = 400 + random.nextInt(1000); j > 0; j--) {
              busy.add("busy/" + random.nextInt(300));
            }
            model.append(busy, 100);
          }
          for (int i = 1; i <= quiet.size(); i++) {
            assertThat(model.index.last("quiet", i)).isEqualTo(quiet.get(quiet.size() - i));
          }
          List<Long> found = new ArrayList<>();
          for (long at = model.index.next("quiet", 0);
              at != TopicIndex.NONE;
              at = model.index.next("quiet", at + 1)) {
            found.add(at);
          }
          assertThat(found).isEqualTo(quiet);
          assertThat(model.index.next("never", 0)).isEqualTo(TopicIndex.NONE);
          for (long at : quiet) {
            assertThat(model.index.until("quiet", at, 300)).isEqualTo(at + 1);
          }
        });
  }

  @Test
  void aStretchEndsBehindTheLastOfThoseThatAreCloseToEachOther() {
    Seeds.forEach(
        20,
        random -> {
          Model model = new Model(random, folder.resolve("stretches"), 8 << 20);
          List<Long> ends = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            for (int j = 1 + random.nextInt(40); j > 0; j--) {
              model.append(List.of("quiet"), 10);
              model.append(List.of("busy", "busy"), 100);
            }
            ends.add(model.log.get(model.log.size() - 3).offset() + 1);
            List<String> busy = new ArrayList<>();
            for (int j = 1000 + random.nextInt(1000); j > 0; j--) {
              busy.add("busy");
            }
            model.append(busy, 100);
          }
          List<Long> found = new ArrayList<>();
          for (long at = model.index.next("quiet", 0);
              at != TopicIndex.NONE;
              at = model.index.next("quiet", found.getLast())) {
            found.add(model.index.until("quiet", at, 500));
          }
          assertThat(found).isEqualTo(ends);
        });
  }
}

package io.millrace.broker.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.topic.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Very many who read what was before, on one event loop. */
class CatchUpsTest {
  private static final int MANY = 300;
  private static final long MILLIS = 1_000_000;
  private static final PartitionRef PARTITION = new PartitionRef("plant", 1, 0);

  private final HubFixture fixture = new HubFixture();
  private final HubLoop loop = fixture.loop();

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Each turn lasts a millisecond, and two of them are a share. */
  @Test
  void whatElseTheLoopHasToDoWaitsForOneShareAndEveryoneIsDone() {
    AtomicLong now = new AtomicLong();
    CatchUps catchUps = new CatchUps(loop, now::get);
    AtomicInteger turns = new AtomicInteger();
    List<Integer> between = new ArrayList<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.later(
        () -> {
          for (int i = 0; i < MANY; i++) {
            AtomicInteger left = new AtomicInteger(3);
            catchUps.turn(
                () -> {
                  now.addAndGet(MILLIS);
                  turns.incrementAndGet();
                  return left.decrementAndGet() > 0;
                });
          }
          between.add(turns.get());
          live(turns, between, done);
        });
    done.join();
    assertThat(between).allMatch(count -> count <= 2);
    assertThat(between.stream().mapToInt(count -> count).sum()).isEqualTo(3 * MANY);
  }

  /** Counts how many turns there were since it ran the last time, as a live message would wait. */
  private void live(AtomicInteger turns, List<Integer> between, CompletableFuture<Void> done) {
    int before = turns.get();
    loop.inNextPass(
        () -> {
          between.add(turns.get() - before);
          if (turns.get() < 3 * MANY) {
            live(turns, between, done);
          } else {
            done.complete(null);
          }
        });
  }

  @Test
  void readsOfTheLogAreBoundedAndNobodyIsForgotten() {
    CatchUps catchUps = new CatchUps(loop, System::nanoTime);
    AtomicInteger reading = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger read = new AtomicInteger();
    loop.later(
        () -> {
          for (int i = 0; i < MANY; i++) {
            boolean gaveUp = i % 3 == 1;
            catchUps.turn(
                new CatchUps.Member() {
                  private boolean hasAsked;

                  @Override
                  public boolean some() {
                    if (gaveUp && hasAsked) {
                      // Ended while it waited: it takes no place, and those behind it have theirs.
                      return false;
                    }
                    hasAsked = true;
                    ReadPlaces.Place place = catchUps.mayRead(this, PARTITION, false);
                    if (place != null) {
                      most.set(Math.max(most.get(), reading.incrementAndGet()));
                      loop.later(
                          () -> {
                            reading.decrementAndGet();
                            read.incrementAndGet();
                            catchUps.hasRead(place);
                          });
                    }
                    return false;
                  }
                });
          }
        });
    await().until(() -> read.get() >= MANY * 2 / 3 && reading.get() == 0);
    assertThat(most).hasValueLessThanOrEqualTo(8);
  }

  /** As those do who read a partition without a leader. */
  @Test
  void whoseReadHasFailedLeaveRoomForOthers() {
    CatchUps catchUps = new CatchUps(loop, System::nanoTime);
    List<ReadPlaces.Place> failing = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> read = new CompletableFuture<>();
    CompletableFuture<Integer> failingAtOnce = new CompletableFuture<>();
    loop.later(
        () -> {
          for (int i = 0; i < MANY; i++) {
            catchUps.turn(
                new CatchUps.Member() {
                  @Override
                  public boolean some() {
                    ReadPlaces.Place place = catchUps.mayRead(this, PARTITION, true);
                    if (place != null) {
                      failing.add(place);
                    }
                    return false;
                  }
                });
          }
          catchUps.turn(
              new CatchUps.Member() {
                @Override
                public boolean some() {
                  ReadPlaces.Place place = catchUps.mayRead(this, PARTITION, false);
                  if (place != null) {
                    failingAtOnce.complete(failing.size());
                    catchUps.hasRead(place);
                    List.copyOf(failing).forEach(catchUps::hasRead);
                    read.complete(null);
                  }
                  return false;
                }
              });
        });
    assertThat(failingAtOnce.join()).isEqualTo(2);
    read.join();
    await().until(() -> failing.size() == 4);
  }

  @Test
  void whoseMessageCannotBeDeliveredEndsAndKeepsNobodyFromReading() {
    int count = 200;
    for (int i = 0; i < count; i++) {
      fixture.publish("a", "x".repeat(100) + i);
    }
    Listening watch = Listening.to(loop, fixture.namespace, "a").from(new Start.Since(0));
    await().until(() -> watch.messages.size() == count);
    List<Encoding> bad = new ArrayList<>();
    loop.later(
        () -> {
          for (int i = 0; i < 20; i++) {
            Encoding one = new Encoding(new AtomicInteger());
            bad.add(one);
            loop.subscribe(
                fixture.namespace,
                new TopicFilter("plant", "a"),
                all -> {
                  throw new IllegalStateException("a message that nobody expected");
                },
                new Start.Since(0),
                SlowPolicy.PAUSE,
                one);
          }
        });
    Listening good = Listening.to(loop, fixture.namespace, "a").from(new Start.Since(0));
    await().until(() -> good.messages.size() == count);
    await().until(() -> bad.stream().allMatch(one -> one.end == Receiver.EndReason.UNAVAILABLE));
  }

  @Test
  void whatManyReadBackIsEncodedOnce() {
    Listening watch = Listening.to(loop, fixture.namespace, "a").from(new Start.Since(0));
    for (int i = 0; i < 5; i++) {
      fixture.publish("a", "m" + i);
    }
    await().until(() -> watch.messages.size() == 5);
    AtomicInteger encoded = new AtomicInteger();
    List<Encoding> returned = new ArrayList<>();
    loop.later(
        () -> {
          for (int i = 0; i < MANY; i++) {
            Encoding one = new Encoding(encoded);
            returned.add(one);
            loop.subscribe(
                fixture.namespace,
                new TopicFilter("plant", "a"),
                all -> true,
                new Start.Since(0),
                SlowPolicy.PAUSE,
                one);
          }
        });
    await().until(() -> returned.stream().filter(one -> one.isCaughtUp).count() == MANY);
    assertThat(returned)
        .allMatch(one -> one.messages.equals(List.of("m0", "m1", "m2", "m3", "m4")));
    assertThat(encoded).hasValue(5);
  }

  /** A door that makes a text of each message. */
  private static final class Encoding implements Receiver {
    private final AtomicInteger encoded;
    private final List<String> messages = new ArrayList<>();
    private volatile boolean isCaughtUp;
    private volatile @Nullable EndReason end;

    private Encoding(AtomicInteger encoded) {
      this.encoded = encoded;
    }

    @Override
    public void started(Subscription started, boolean mayRepeat) {}

    @Override
    public boolean deliver(Subscription to, Delivery delivery) {
      messages.add(
          delivery.encoded(
              "text",
              message -> {
                encoded.incrementAndGet();
                return new String(message.payload(), UTF_8);
              }));
      return true;
    }

    @Override
    public long room() {
      return 1000;
    }

    @Override
    public void gap(Subscription of, Gap gap) {}

    @Override
    public void caughtUp(Subscription of) {
      isCaughtUp = true;
    }

    @Override
    public void ended(Subscription of, EndReason reason, String message) {
      end = reason;
    }

    @Override
    public void flush() {}
  }
}

package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.Gap;
import io.millrace.client.Message;
import io.millrace.client.MillraceClient;
import io.millrace.client.MillraceException;
import io.millrace.client.Publication;
import io.millrace.client.SubscriptionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Messages of one namespace, each with its number: what was acknowledged and what has come. */
final class NumberedMessages implements SubscriptionListener {
  private static final int TOPICS = 6;
  private static final int IN_FLIGHT = 64;

  private final String namespace;
  private final List<Integer> acknowledged = Collections.synchronizedList(new ArrayList<>());
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<Message> received = Collections.synchronizedList(new ArrayList<>());
  private final List<Object> interruptions = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();

  NumberedMessages(String namespace) {
    this.namespace = namespace;
  }

  /** Publishes without a pause to all of them, on a thread of its own. */
  static Publishing publish(MillraceClient client, List<NumberedMessages> to) {
    return new Publishing(client, to);
  }

  /** Publishes until it is stopped. */
  static final class Publishing implements AutoCloseable {
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
    private final Thread thread;
    private volatile boolean stopped;

    private Publishing(MillraceClient client, List<NumberedMessages> to) {
      thread = Thread.ofPlatform().start(() -> run(client, to));
    }

    private void run(MillraceClient client, List<NumberedMessages> to) {
      for (int i = 0; !stopped; i++) {
        for (NumberedMessages one : to) {
          inFlight.acquireUninterruptibly();
          var _ = one.publish(client, i).whenComplete((done, error) -> inFlight.release());
        }
      }
    }

    /** Waits until all is answered. */
    void stop() throws InterruptedException {
      stopped = true;
      thread.join();
      assertThat(inFlight.tryAcquire(IN_FLIGHT, 40, TimeUnit.SECONDS)).isTrue();
    }

    /** Publishes no more. */
    @Override
    public void close() {
      stopped = true;
    }
  }

  private CompletableFuture<?> publish(MillraceClient client, int number) {
    return client
        .publish(Publication.text(namespace + "/t" + number % TOPICS, Integer.toString(number)))
        .whenComplete(
            (published, error) -> {
              if (error == null) {
                acknowledged.add(number);
              } else {
                failures.add(error);
              }
            });
  }

  @Override
  public void message(Message message) {
    received.add(message);
  }

  @Override
  public void gap(Gap gap) {
    interruptions.add(gap);
  }

  @Override
  public void ended(MillraceException reason) {
    interruptions.add(reason);
  }

  @Override
  public void caughtUp() {
    caughtUp.complete(null);
  }

  void awaitCaughtUp() {
    caughtUp.orTimeout(30, TimeUnit.SECONDS).join();
  }

  void awaitAcknowledged(int count, Duration limit) {
    await()
        .atMost(limit)
        .untilAsserted(
            () ->
                assertThat(acknowledged.size())
                    .as("of %s", namespace)
                    .isGreaterThanOrEqualTo(count));
  }

  int acknowledged() {
    return acknowledged.size();
  }

  List<Message> received() {
    return List.copyOf(received);
  }

  List<Integer> numbers() {
    return received().stream().map(message -> Integer.valueOf(message.text())).toList();
  }

  /** What was published is answered by now. */
  void assertThatNothingIsLostOrDoubled(Duration limit) {
    assertThat(failures).isEmpty();
    assertThatItIs(acknowledged, limit);
  }

  /** Each of these once, in order topic by topic, and nothing is told to be missing. */
  void assertThatItIs(List<Integer> wanted, Duration limit) {
    await().atMost(limit).until(() -> received.size() >= wanted.size());
    assertThat(interruptions).isEmpty();
    assertThat(numbers()).containsExactlyInAnyOrderElementsOf(wanted);
    Map<String, Integer> last = new HashMap<>();
    for (Message message : received()) {
      int number = Integer.parseInt(message.text());
      Integer before = last.put(message.topic(), number);
      assertThat(before == null ? -1 : before).as("order of a topic").isLessThan(number);
    }
  }
}

package io.millrace.broker.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One who reads several partitions back and is stopped between. */
final class ReplayTest {
  private static final int MANY = 400;

  private final HubFixture fixture = new HubFixture();
  private final HubLoop loop = fixture.loop();

  @AfterEach
  void close() {
    fixture.close();
  }

  private String pathIn(int partition) {
    return IntStream.range(0, 100)
        .mapToObj(i -> "t" + i)
        .filter(path -> fixture.appender.partitionOf(path) == partition)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> wanted(String path, int count) {
    return IntStream.range(0, count).mapToObj(i -> path + "=" + text(i)).toList();
  }

  private static List<String> of(String path, List<String> messages) {
    return messages.stream().filter(text -> text.startsWith(path + "=")).toList();
  }

  /** So long that most are soon only in the log. */
  private static String text(int number) {
    return number + "x".repeat(100);
  }

  /** A live message of the first partition has no room while another partition's is being read. */
  @ParameterizedTest
  @ValueSource(ints = {5, 200})
  void whatWasReadOfOnePartitionIsNotTakenForAnothers(int before) {
    String first = pathIn(0);
    String other = pathIn(1);
    for (int i = 0; i < before; i++) {
      fixture.publish(first, text(i));
    }
    for (int i = 0; i < MANY; i++) {
      fixture.publish(other, text(i));
    }
    fixture.log.awaitTails();
    Promise<Void> read = Promise.promise();
    fixture.log.answerReads(fixture.namespace.ref(1), read.future());

    Listening listening = Listening.to(loop, fixture.namespace, "#").from(new Start.Since(0));
    await().until(() -> of(first, listening.messages).size() == before);
    listening.isFull = true;
    fixture.publish(first, text(before));
    await().until(listening::isPaused);
    listening.resume();
    CompletableFuture<Void> resumed = new CompletableFuture<>();
    loop.later(() -> resumed.complete(null));
    resumed.join();
    read.complete();

    await().until(() -> of(other, listening.messages).size() == MANY);
    await().until(() -> of(first, listening.messages).size() == before + 1);
    assertThat(of(first, listening.messages)).isEqualTo(wanted(first, before + 1));
    assertThat(of(other, listening.messages)).isEqualTo(wanted(other, MANY));
    assertThat(listening.gaps).isEmpty();
  }

  @Test
  void whoWaitsForAPartitionThatDoesNotAnswerKeepsNobodyFromReading() {
    String silent = pathIn(0);
    String other = pathIn(1);
    for (int i = 0; i < MANY; i++) {
      fixture.publish(silent, text(i));
      fixture.publish(other, text(i));
    }
    fixture.awaitTaken(loop);
    Promise<Void> read = Promise.promise();
    fixture.log.answerReads(fixture.namespace.ref(0), read.future());

    List<Listening> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(Listening.to(loop, fixture.namespace, silent).from(new Start.Since(0)));
    }
    Listening listening = Listening.to(loop, fixture.namespace, other).from(new Start.Since(0));
    await().until(() -> of(other, listening.messages).size() == MANY);
    assertThat(waiting).allMatch(one -> one.messages.isEmpty());
    read.complete();
    await().until(() -> waiting.stream().allMatch(one -> one.messages.size() == MANY));
  }
}

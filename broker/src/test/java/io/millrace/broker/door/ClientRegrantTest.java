package io.millrace.broker.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.SlowPolicy;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.vertx.core.Context;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client loses that goes on with another credential. */
@Timeout(30)
class ClientRegrantTest {
  private final DoorsFixture fixture = new DoorsFixture();
  private final Context context = ((VertxInternal) fixture.vertx).createEventLoopContext();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aHistoryThatWaitsEndsWithARefusalWhenOnlySubscribingIsAllowedAnyMore() {
    CompletableFuture<Answer<History.Page>> answer = new CompletableFuture<>();
    CompletableFuture<Integer> lost = new CompletableFuture<>();
    context.runOnContext(
        go -> {
          DoorLoop loop = fixture.doors.here();
          Client client = loop.client("test", DoorsFixture.grant("all"), ended -> {});
          History.read(
              loop,
              client,
              Encoding.JSON,
              new History.Query("plant/hall/1", new Start.Now(), null, 10, 60_000),
              answer::complete);
          lost.complete(client.regrant(DoorsFixture.grant("reader")).size());
          client.close();
        });

    assertThat(lost.join()).isEqualTo(1);
    assertThat(answer.join())
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> assertThat(refused.refusal().code()).isEqualTo(Refusal.Code.NOT_AUTHORIZED));
  }

  @Test
  void aSubscriptionGoesOnWhereSubscribingIsAllowed() {
    CompletableFuture<List<?>> lost = new CompletableFuture<>();
    context.runOnContext(
        go -> {
          DoorLoop loop = fixture.doors.here();
          Client client = loop.client("test", DoorsFixture.grant("all"), ended -> {});
          for (String filter : List.of("plant/hall/1", "plant/yard/1")) {
            Answer<?> answer =
                client.subscribe(filter, new Start.Now(), null, SlowPolicy.PAUSE, new Nobody());
            assertThat(answer).isInstanceOf(Answer.Given.class);
          }
          lost.complete(
              client.regrant(DoorsFixture.grant("reader")).stream()
                  .map(subscription -> subscription.filter().toString())
                  .toList());
          client.close();
        });

    assertThat(lost.join()).isEqualTo(List.of("plant/yard/1"));
  }

  /** Hears nothing that matters here. */
  private static final class Nobody implements Receiver {
    @Override
    public void started(Subscription subscription, boolean mayRepeat) {}

    @Override
    public boolean deliver(Subscription subscription, Delivery delivery) {
      return true;
    }

    @Override
    public long room() {
      return 1000;
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {}

    @Override
    public void caughtUp(Subscription subscription) {}

    @Override
    public void ended(Subscription subscription, EndReason reason, String message) {}

    @Override
    public void flush() {}
  }
}

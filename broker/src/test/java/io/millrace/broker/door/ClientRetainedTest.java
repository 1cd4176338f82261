package io.millrace.broker.door;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.Message;
import io.millrace.broker.position.Position;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is retained, as clients retain it and ask for it. */
final class ClientRetainedTest {
  private final DoorsFixture fixture = new DoorsFixture();
  private final Context context = ((VertxInternal) fixture.vertx).createEventLoopContext();

  @AfterEach
  void close() {
    fixture.close();
  }

  private <T> T as(String secret, Function<Client, CompletableFuture<T>> asks) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    context.runOnContext(
        start -> {
          Client client =
              fixture.doors.here().client("test", DoorsFixture.grant(secret), ended -> {});
          var _ =
              asks.apply(client)
                  .whenComplete(
                      (value, error) -> {
                        client.close();
                        if (error == null) {
                          answer.complete(value);
                        } else {
                          answer.completeExceptionally(error);
                        }
                      });
        });
    return answer.join();
  }

  private void retain(String topic, String text) {
    String published =
        as(
            "all",
            client -> {
              CompletableFuture<String> done = new CompletableFuture<>();
              client.publish(
                  new Draft(
                      topic,
                      text.getBytes(UTF_8),
                      Optional.empty(),
                      Map.of(),
                      Optional.empty(),
                      true,
                      0),
                  new Client.PublishResult() {
                    @Override
                    public void published(Position position, long time) {
                      done.complete("published");
                    }

                    @Override
                    public void refused(Refusal refusal) {
                      done.complete(refusal.toString());
                    }
                  });
              return done;
            });
    assertThat(published).isEqualTo("published");
  }

  private Object retained(String secret, String filter) {
    Answer<List<Message>> answer =
        as(
            secret,
            client ->
                client
                    .retained(filter)
                    .onComplete(done -> assertThat(Vertx.currentContext()).isSameAs(context))
                    .toCompletionStage()
                    .toCompletableFuture());
    return switch (answer) {
      case Answer.Given<List<Message>>(List<Message> messages) ->
          messages.stream()
              .map(message -> message.path() + "=" + new String(message.payload(), UTF_8))
              .toList();
      case Answer.Refused<List<Message>>(Refusal refusal) -> refusal.code();
    };
  }

  @Test
  void whatWasRetainedIsGivenForFiltersWithWildcardsUntilItIsCleared() {
    for (String namespace : List.of("plant", "wire")) {
      retain(namespace + "/hall/1", "one");
      retain(namespace + "/hall/2", "two");
      retain(namespace + "/hall/2", "three");
      retain(namespace + "/yard", "x");
      assertThat(retained("all", namespace + "/hall/+"))
          .isEqualTo(List.of("hall/1=one", "hall/2=three"));
      assertThat(retained("all", namespace + "/yard")).isEqualTo(List.of("yard=x"));
      retain(namespace + "/hall/1", "");
      assertThat(retained("all", namespace + "/#")).isEqualTo(List.of("hall/2=three", "yard=x"));
    }
  }

  @Test
  void manyAreLookedThroughElsewhereAndGivenOnTheLoop() {
    for (int i = 0; i < 1100; i++) {
      retain("wire/" + i + "/v", "x");
    }
    assertThat((List<?>) retained("all", "wire/+/v")).hasSize(1100);
  }

  @Test
  void whoeverMaySubscribeMayHaveItAndNobodyElse() {
    retain("plant/hall/1", "one");
    retain("plant/yard", "x");
    assertThat(retained("reader", "plant/hall/#")).isEqualTo(List.of("hall/1=one"));
    assertThat(retained("reader", "plant/#")).isEqualTo(Refusal.Code.NOT_AUTHORIZED);
    assertThat(retained("all", "nowhere/#")).isEqualTo(Refusal.Code.NO_SUCH_NAMESPACE);
    assertThat(retained("all", "plant/#/x")).isEqualTo(Refusal.Code.BAD_FILTER);
  }
}

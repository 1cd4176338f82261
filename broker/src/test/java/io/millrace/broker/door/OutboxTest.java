package io.millrace.broker.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.internal.VertxInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What waits to be written, and when it is. */
final class OutboxTest {
  private final DoorsFixture fixture = new DoorsFixture();
  private final Context context = ((VertxInternal) fixture.vertx).createEventLoopContext();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void whatSeveralRoundsOfOnePassCollectIsOneWrite() {
    List<String> written = new ArrayList<>();
    CompletableFuture<List<String>> afterwards = new CompletableFuture<>();
    context.runOnContext(
        pass -> {
          Outbox outbox = new Outbox(fixture.doors.here(), new Written(written));
          for (String round : List.of("a", "b", "c")) {
            outbox.force(1).writeBytes(round.getBytes(StandardCharsets.US_ASCII));
            outbox.flush();
          }
          context.runOnContext(next -> afterwards.complete(List.copyOf(written)));
        });
    assertThat(afterwards.join()).containsExactly("abc");
  }

  @Test
  void whatCannotBeWrittenEndsItsOwnConnectionAndNoOther() {
    List<String> words = new ArrayList<>();
    List<String> written = new ArrayList<>();
    CompletableFuture<Void> afterwards = new CompletableFuture<>();
    context.runOnContext(
        pass -> {
          DoorLoop loop = fixture.doors.here();
          for (Outbox.Wire wire : List.of(new Broken(words), new Written(written))) {
            Outbox outbox = new Outbox(loop, wire);
            outbox.force(1).writeByte('a');
            outbox.flush();
          }
          context.runOnContext(next -> afterwards.complete(null));
        });
    afterwards.join();
    assertThat(words).containsExactly("failed");
    assertThat(written).containsExactly("a");
  }

  /** A socket that takes everything at once. */
  private record Written(List<String> texts) implements Outbox.Wire {
    @Override
    public ByteBuf buffer(int bytes) {
      return Unpooled.buffer(bytes);
    }

    @Override
    public void write(ByteBuf bytes, Runnable written) {
      texts.add(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
      written.run();
    }

    @Override
    public void roomAgain() {}

    @Override
    public void cut(String word) {}
  }

  /** One to which nothing can be written. */
  private record Broken(List<String> words) implements Outbox.Wire {
    @Override
    public ByteBuf buffer(int bytes) {
      return Unpooled.buffer(bytes);
    }

    @Override
    public void write(ByteBuf bytes, Runnable written) {
      bytes.release();
      throw new OutOfMemoryError("no direct memory is left");
    }

    @Override
    public void roomAgain() {}

    @Override
    public void cut(String word) {
      words.add(word);
    }
  }
}

package io.millrace.packager.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.cmaf.Fragment;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.TimedSample;
import io.millrace.storage.DirectoryObjectStore;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StoredObject;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.streams.WriteStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a file goes out, to those who take it slowly or not to its end. */
class ExportWritingTest {
  private static final Track VIDEO = RandomBroadcast.video(Timescale.VIDEO);
  private static final int SEGMENTS = 40;
  private static final String PREFIX = "main/live/one/b/";

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger reads = new AtomicInteger();

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  /** Segments of one picture each. */
  private StoredExport file(ObjectStore store, int bytes) throws Exception {
    List<Segment> segments = new ArrayList<>();
    for (int msn = 0; msn < SEGMENTS; msn++) {
      Buffer content = Fragment.segmentType();
      Sample picture =
          new Sample(VIDEO.id(), msn * 180_000L, 0, true, Buffer.buffer(new byte[bytes]));
      Fragment.append(content, 1, VIDEO, List.of(new TimedSample(picture, 180_000)));
      Segment segment =
          new Segment(
              msn,
              1,
              "init-1.mp4",
              180_000,
              90_000,
              msn * 2_000_000_000L,
              Instant.EPOCH,
              false,
              false,
              true,
              content.length(),
              List.of(),
              Optional.empty(),
              true);
      segments.add(segment);
      await(store.put(PREFIX + "video/" + segment.name(), content));
    }
    return StoredExport.of(
        counted(store),
        "\"etag\"",
        Buffer.buffer("a header"),
        PREFIX,
        List.of(new ExportTrack("video", "init-1.mp4", segments)),
        List.of(0L));
  }

  private ObjectStore store() {
    return new DirectoryObjectStore(vertx, folder, new PrometheusRegistry());
  }

  private ObjectStore counted(ObjectStore store) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("get")) {
                reads.incrementAndGet();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Takes one buffer, and then none before it is told to; may drain while it is written to. */
  private static final class Slow implements WriteStream<Buffer> {
    final Buffer taken = Buffer.buffer();
    int largest;
    private final boolean eager;
    private boolean full;
    private @Nullable Handler<Void> onDrain;
    private @Nullable Handler<Throwable> onTrouble;

    Slow(boolean eager) {
      this.eager = eager;
    }

    void drain() {
      full = false;
      if (onDrain != null) {
        onDrain.handle(null);
      }
    }

    void breaks() {
      if (onTrouble != null) {
        onTrouble.handle(new IllegalStateException("gone"));
      }
    }

    @Override
    public Future<Void> write(Buffer data) {
      taken.appendBuffer(data);
      largest = Math.max(largest, data.length());
      full = true;
      if (eager && onDrain != null) {
        drain();
      }
      return Future.succeededFuture();
    }

    @Override
    public boolean writeQueueFull() {
      return full;
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<@Nullable Void> handler) {
      onDrain = handler;
      return this;
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
      onTrouble = handler;
      return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
      return this;
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }
  }

  /** Whose reads are answered when the test says so. */
  private static final class Held {
    final Queue<Runnable> asked = new ArrayDeque<>();

    ObjectStore of(ObjectStore store) {
      return (ObjectStore)
          Proxy.newProxyInstance(
              ObjectStore.class.getClassLoader(),
              new Class<?>[] {ObjectStore.class},
              (proxy, method, arguments) -> {
                if (!method.getName().equals("get")) {
                  return method.invoke(store, arguments);
                }
                Promise<Optional<StoredObject>> answer = Promise.promise();
                Optional<StoredObject> object = await(store.get((String) arguments[0]));
                asked.add(() -> answer.complete(object));
                return answer.future();
              });
    }
  }

  @Test
  void nothingIsReadAheadOfWhoDoesNotTakeIt() throws Exception {
    Held held = new Held();
    StoredExport file = file(held.of(store()), 1000);
    Slow target = new Slow(false);
    Future<Void> written = file.write(target, 0, file.length() - 1);

    assertThat(target.taken.toString()).isEqualTo("a header");
    assertThat(reads).hasValue(1);
    held.asked.remove().run();
    assertThat(reads).hasValue(1);
    target.drain();
    assertThat(reads).hasValue(2);
    assertThat(target.taken.length()).isEqualTo(file.piece(1).start());

    target.breaks();
    target.drain();
    assertThat(written.failed()).isTrue();
    assertThat(reads).hasValue(2);
  }

  @Test
  void whoDrainsWhileItIsWrittenToGetsEverythingOnceAndInOrder() throws Exception {
    Held held = new Held();
    StoredExport file = file(held.of(store()), 1000);
    Slow target = new Slow(true);
    Future<Void> written = file.write(target, 0, file.length() - 1);
    while (!held.asked.isEmpty()) {
      held.asked.remove().run();
      target.drain();
    }

    assertThat(written.succeeded()).isTrue();
    assertThat(reads).hasValue(SEGMENTS);
    Buffer expected = Buffer.buffer("a header");
    for (int i = 0; i < SEGMENTS; i++) {
      expected.appendBuffer(answered(held, file.read(i)));
    }
    assertThat(target.taken).isEqualTo(expected);
  }

  private static Buffer answered(Held held, Future<Buffer> read) throws Exception {
    held.asked.remove().run();
    return await(read);
  }

  /** A connection whose queue does not get shorter for a while is given up. */
  @Test
  void aSegmentIsWrittenALittleAtATime() throws Exception {
    Held held = new Held();
    StoredExport file = file(held.of(store()), 200_000);
    Slow target = new Slow(false);
    Future<Void> written = file.write(target, 0, file.length() - 1);
    for (int i = 0; i < 20 * SEGMENTS && !written.isComplete(); i++) {
      if (!held.asked.isEmpty()) {
        held.asked.remove().run();
      }
      target.drain();
    }

    assertThat(written.succeeded()).isTrue();
    assertThat(target.taken.length()).isEqualTo(file.length());
    assertThat(target.largest).isEqualTo(64 << 10);
  }

  /** More than any connection takes in on its way. */
  @Test
  void whoHasGoneIsNotReadFor() throws Exception {
    StoredExport file = file(store(), 1 << 20);
    Promise<Void> written = Promise.promise();
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      request.response().putHeader("content-length", "" + file.length());
                      file.write(request.response(), 0, file.length() - 1).onComplete(written);
                    })
                .listen(0, "127.0.0.1"));
    try (Socket client = new Socket()) {
      client.setReceiveBufferSize(1 << 16);
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort()));
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
    }

    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(written.future()::isComplete);
    assertThat(written.future().failed()).isTrue();
    assertThat(reads.get()).isLessThan(SEGMENTS);
  }
}

package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MalformedMediaException;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.fuzz.Fuzz;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RTMP R32: hostile bytes for each parser below the media. */
class RtmpFuzzTest {
  @Test
  void chunks() throws IOException {
    take(
        corpus("chunks")
            .allowing(MalformedMediaException.class)
            .run(
                bytes -> {
                  RtmpChunkReader reader = new RtmpChunkReader();
                  int half = bytes.length / 2;
                  reader.feed(Buffer.buffer(bytes).slice(0, half));
                  long payload = drain(reader);
                  reader.feed(Buffer.buffer(bytes).slice(half, bytes.length));
                  payload += drain(reader);
                  assertThat(payload).isLessThanOrEqualTo(bytes.length);
                }));
  }

  @Test
  void amf0() throws IOException {
    take(
        corpus("amf0")
            .allowing(MalformedMediaException.class)
            .run(bytes -> Amf0.read(Buffer.buffer(bytes))));
  }

  @Test
  void amf3() throws IOException {
    take(
        corpus("amf3")
            .allowing(MalformedMediaException.class)
            .run(bytes -> Amf0.read(Buffer.buffer(bytes))));
  }

  /** Nothing is allowed: a session says what is wrong and closes. */
  @Test
  void commandsAndMessages() throws IOException {
    Buffer handshake = Buffer.buffer().appendByte((byte) 3).appendBytes(new byte[3072]);
    Fuzz.Outcome outcome =
        corpus("session")
            .run(
                bytes -> {
                  RtmpSession session = session();
                  session.receive(handshake);
                  session.receive(Buffer.buffer(bytes));
                  session.accept();
                  session.receive(Buffer.buffer(bytes));
                  session.lost();
                  assertThat(session.phase()).isEqualTo(RtmpSession.Phase.CLOSED);
                });
    assertThat(outcome.accepted()).isPositive();
  }

  /** App, address and name, one a line. */
  @Test
  void addresses() throws IOException {
    take(
        corpus("addresses")
            .allowing(IllegalArgumentException.class)
            .run(
                bytes -> {
                  String text = new String(bytes, StandardCharsets.UTF_8);
                  List<String> lines = List.of(text.split("\n", -1));
                  PublishAddress.parse(
                      lines.getFirst(), lines.size() > 2 ? lines.get(1) : "", lines.getLast());
                }));
  }

  @Test
  void handshakes() throws IOException {
    take(
        corpus("handshake")
            .allowing(MalformedMediaException.class)
            .run(
                bytes -> {
                  RtmpHandshake handshake = new RtmpHandshake(Seeds.random(1));
                  Buffer answer = handshake.receive(Buffer.buffer(bytes));
                  assertThat(answer.length()).isIn(0, 3073);
                  if (handshake.isDone()) {
                    assertThat(handshake.rest().length()).isEqualTo(bytes.length - 3073);
                  }
                }));
  }

  private static void take(Fuzz.Outcome outcome) {
    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }

  private static Fuzz corpus(String name) throws IOException {
    Path folder = Clips.repositoryRoot().resolve("ingest/src/test/resources/fuzz");
    return Fuzz.of(folder.resolve(name));
  }

  private static RtmpSession session() {
    return new RtmpSession(1 << 20, Duration.ofSeconds(2), Duration.ofSeconds(15), Seeds.random(7));
  }

  private static long drain(RtmpChunkReader reader) {
    long payload = 0;
    for (RtmpMessage message = reader.next(); message != null; message = reader.next()) {
      payload += message.payload().length();
    }
    return payload;
  }
}

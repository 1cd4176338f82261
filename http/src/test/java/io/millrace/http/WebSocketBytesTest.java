package io.millrace.http;

import static io.millrace.http.RawWebSocket.PING;
import static io.millrace.http.RawWebSocket.PONG;
import static io.millrace.http.RawWebSocket.TEXT;
import static io.millrace.http.RawWebSocket.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.http.RawWebSocket.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;

/** What becomes of the bytes of a WebSocket's frames, over TLS and when its connection dies. */
final class WebSocketBytesTest extends ListenerForTest {
  private static final int BINARY = 0x82;
  private static final int BINARY_BEGINS = 0x02;
  private static final int GOES_ON = 0x00;
  private static final int ENDS = 0x80;

  private final CompletableFuture<Heard> opened = new CompletableFuture<>();

  /** Says each frame again as it came, and what it is in the first place; pauses at "pause". */
  private final class Heard implements WebSocketListener {
    private final WebSocketConnection connection;
    private final Context context = Vertx.currentContext();
    private final CompletableFuture<Void> isOver = new CompletableFuture<>();

    /** What has been decoded, whoever has it now. */
    private final List<ByteBuf> decoded = new CopyOnWriteArrayList<>();

    private Heard(WebSocketConnection connection) {
      this.connection = connection;
      connection
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .channel()
          .pipeline()
          .addBefore(
              "websocket",
              "watch",
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext its, Object message) {
                  // An empty buffer is nobody's.
                  if (message instanceof WebSocketFrame frame && frame.content().isReadable()) {
                    decoded.add(frame.content());
                  }
                  its.fireChannelRead(message);
                }
              });
      connection.open(this);
      opened.complete(this);
    }

    @Override
    public void frame(WebSocketFrame frame) {
      ByteBuf payload = frame.content();
      if (payload.readableBytes() == 5
          && payload.toString(StandardCharsets.US_ASCII).equals("pause")) {
        connection.pause();
        return;
      }
      int opcode = frame instanceof ContinuationWebSocketFrame ? GOES_ON : BINARY_BEGINS;
      int length = payload.readableBytes();
      ByteBuf answer = connection.buffer(length + 10);
      answer.writeByte(opcode | (frame.isFinalFragment() ? ENDS : 0));
      if (length < 126) {
        answer.writeByte(length);
      } else if (length < 1 << 16) {
        answer.writeByte(126).writeShort(length);
      } else {
        answer.writeByte(127).writeLong(length);
      }
      connection.writeAndFlush(answer.writeBytes(payload)).addListener(done -> {});
    }

    @Override
    public void ping(ByteBuf payload) {
      connection.pong(payload);
    }

    @Override
    public void pong() {}

    @Override
    public void closing() {}

    @Override
    public void closed() {
      isOver.complete(null);
    }

    private boolean hasReleasedAll() {
      return decoded.stream().allMatch(each -> each.refCnt() == 0);
    }
  }

  private HttpListener listening(HttpConfig config) {
    Mount heard =
        new Mount(
            "/heard",
            request -> WebSocketConnection.accept(request).onSuccess(Heard::new),
            List.of(),
            4 << 20);
    return get(HttpListener.open(vertx, config, List.of(heard), metrics, 1));
  }

  private RawWebSocket overTls() throws IOException, GeneralSecurityException {
    HttpListener listener =
        listening(
            config(LIMITS).withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
    Socket socket =
        trusting
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), listener.tlsPort().orElseThrow());
    return new RawWebSocket(socket, "/heard");
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void assertHeard(RawWebSocket client, int first, byte[] payload)
      throws IOException {
    Frame frame = client.hearFrame();
    assertThat(frame.first()).isEqualTo(first);
    assertThat(Arrays.equals(frame.payload(), payload)).as(payload.length + " bytes").isTrue();
  }

  @Test
  void framesOfEverySizeComeWholeOverTls() throws Exception {
    Random random = new Random(1);
    try (RawWebSocket client = overTls()) {
      // About the bounds of the three lengths and of TLS's records, and the largest that is taken.
      for (int length : new int[] {0, 125, 126, 16_384, 16_385, 65_535, 65_536, 4 << 20}) {
        byte[] payload = bytes(random, length);
        client.say(frame(BINARY, payload, random.nextInt()));
        assertHeard(client, BINARY, payload);
      }
      await().until(opened.join()::hasReleasedAll);
    }
  }

  @Test
  void aMessageInFragmentsComesInOrderOverTlsWithAPingBetweenThem() throws Exception {
    Random random = new Random(2);
    byte[] begin = bytes(random, 40_000);
    byte[] middle = bytes(random, 200_000);
    byte[] end = bytes(random, 3);
    try (RawWebSocket client = overTls()) {
      client.say(
          frame(BINARY_BEGINS, begin, random.nextInt()),
          frame(PING, "there"),
          frame(GOES_ON, middle, random.nextInt()),
          frame(GOES_ON | ENDS, end, random.nextInt()));
      assertHeard(client, BINARY_BEGINS, begin);
      assertHeard(client, PONG, "there".getBytes(StandardCharsets.US_ASCII));
      assertHeard(client, GOES_ON, middle);
      assertHeard(client, GOES_ON | ENDS, end);
    }
  }

  @Test
  void aFrameComesWholeOverTlsHoweverItIsCut() throws Exception {
    Random random = new Random(3);
    byte[] payload = bytes(random, 100_000);
    byte[] whole = frame(BINARY, payload, random.nextInt());
    try (RawWebSocket client = overTls()) {
      for (int from = 0; from < whole.length; ) {
        int to = Math.min(whole.length, from + 1 + random.nextInt(from < 20 ? 3 : 20_000));
        client.say(Arrays.copyOfRange(whole, from, to));
        from = to;
      }
      assertHeard(client, BINARY, payload);
    }
  }

  /** Pauses it, and waits until so many frames are held. */
  private Heard holding(RawWebSocket client, int frames) throws IOException {
    client.say(frame(TEXT, "pause"));
    Random random = new Random(4);
    for (int i = 0; i < frames; i++) {
      client.say(frame(BINARY, bytes(random, 100 + 3000 * i), random.nextInt()));
    }
    Heard heard = opened.join();
    await().until(() -> heard.decoded.size() == 1 + frames);
    assertThat(heard.decoded.stream().skip(1)).allMatch(each -> each.refCnt() == 1);
    return heard;
  }

  private static void awaitReleased(Heard heard) {
    heard.isOver.join();
    await().until(heard::hasReleasedAll);
  }

  @Test
  void whatIsHeldIsReleasedWhenTheOtherSideHangsUp() throws Exception {
    try (RawWebSocket client = new RawWebSocket(listening(config(LIMITS)).port(), "/heard")) {
      Heard heard = holding(client, 3);
      client.abort();
      awaitReleased(heard);
    }
  }

  @Test
  void soItIsOverTls() throws Exception {
    try (RawWebSocket client = overTls()) {
      Heard heard = holding(client, 3);
      client.abort();
      awaitReleased(heard);
    }
  }

  @Test
  void soIsAsMuchAsIsEverHeldWhenItIsCutHere() throws Exception {
    try (RawWebSocket client = new RawWebSocket(listening(config(LIMITS)).port(), "/heard")) {
      Heard heard = holding(client, 7);
      heard.context.runOnContext(go -> heard.connection.cut());
      awaitReleased(heard);
    }
  }

  @Test
  void soIsWhatWasHeldWhenItIsEndedHere() throws Exception {
    try (RawWebSocket client = new RawWebSocket(listening(config(LIMITS)).port(), "/heard")) {
      Heard heard = holding(client, 3);
      heard.context.runOnContext(go -> heard.connection.close(4000, "enough"));
      await().until(heard::hasReleasedAll);
      assertThat(heard.isOver).isNotDone();
    }
  }
}

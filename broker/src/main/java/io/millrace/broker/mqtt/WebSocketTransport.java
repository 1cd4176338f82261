package io.millrace.broker.mqtt;

import io.millrace.access.TopicCredential;
import io.millrace.http.WebSocketConnection;
import io.millrace.http.WebSocketListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.function.Consumer;

/** Binary frames of a WebSocket (section 6): packets may begin and end anywhere in them. */
final class WebSocketTransport implements MqttTransport {
  private static final short NORMAL = 1000;
  private static final short GOING_AWAY = 1001;
  private static final short UNSUPPORTED = 1003;

  private static final int LONGEST_HEAD = 10;
  private static final int FIN_BINARY = 0x82;
  private static final int SHORT = 126;
  private static final int LONG = 127;
  private static final int MOST_IN_SHORT = 0xFFFF;

  private final WebSocketConnection socket;
  private final TopicCredential presented;
  private short closeCode = NORMAL;
  private boolean isClosed;

  WebSocketTransport(WebSocketConnection socket, TopicCredential presented) {
    this.socket = socket;
    this.presented = presented;
  }

  @Override
  public TopicCredential presented() {
    return presented;
  }

  @Override
  public void open(Consumer<byte[]> bytes, Runnable stopping, Runnable closed) {
    socket.open(
        new WebSocketListener() {
          @Override
          public void frame(WebSocketFrame frame) {
            if (frame instanceof TextWebSocketFrame) {
              socket.close(UNSUPPORTED, "MQTT is in binary frames");
              closing();
            } else {
              bytes.accept(ByteBufUtil.getBytes(frame.content()));
            }
          }

          @Override
          public void ping(ByteBuf payload) {
            socket.pong(payload);
          }

          @Override
          public void pong() {}

          @Override
          public void stopping() {
            closeCode = GOING_AWAY;
            stopping.run();
          }

          @Override
          public void closing() {
            closed();
          }

          @Override
          public void closed() {
            if (!isClosed) {
              isClosed = true;
              closed.run();
            }
          }
        });
  }

  @Override
  public ByteBuf buffer(int bytes) {
    return socket.buffer(bytes);
  }

  @Override
  public void write(ByteBuf bytes, Runnable written) {
    int length = bytes.readableBytes();
    ByteBuf head;
    try {
      head = socket.buffer(LONGEST_HEAD);
    } catch (RuntimeException | OutOfMemoryError e) {
      // The caller gives the connection up; nobody else has these.
      bytes.release();
      throw e;
    }
    head.writeByte(FIN_BINARY);
    if (length < SHORT) {
      head.writeByte(length);
    } else if (length <= MOST_IN_SHORT) {
      head.writeByte(SHORT).writeShort(length);
    } else {
      head.writeByte(LONG).writeLong(length);
    }
    socket.write(head).addListener(ignored -> {});
    socket.writeAndFlush(bytes).addListener(done -> written.run());
  }

  @Override
  public void pause() {
    socket.pause();
  }

  @Override
  public void resume() {
    socket.resume();
  }

  @Override
  public void finish() {
    socket.close(closeCode, "");
  }

  @Override
  public void cut() {
    socket.cut();
  }
}

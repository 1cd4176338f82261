package io.millrace.ingest;

import static org.awaitility.Awaitility.await;

import io.millrace.testkit.Seeds;
import io.millrace.testkit.rtmp.Amf;
import io.millrace.testkit.rtmp.Bytes;
import io.millrace.testkit.rtmp.ChunkForm;
import io.millrace.testkit.rtmp.ChunkWriter;
import io.millrace.testkit.rtmp.Message;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that no encoder sends. */
class HostileBytesTest extends HostileFixture {
  // RTMP R3
  @Test
  void oneByteAtATime() throws IOException {
    byte[] begin = Arrays.copyOf(whole, 12_000);
    try (Socket socket = connect()) {
      socket.setTcpNoDelay(true);
      for (byte octet : begin) {
        socket.getOutputStream().write(octet);
      }
      await().atMost(DEADLINE).until(() -> ingest.streams.statuses().size() == 2);
    }
  }

  // RTMP R32
  @Test
  void truncatedAnywhere() {
    Seeds.forEach(60, random -> throwAt(Arrays.copyOf(whole, 1 + random.nextInt(whole.length))));
  }

  // RTMP R32
  @Test
  void bitsFlippedAnywhere() {
    Seeds.forEach(
        60,
        random -> {
          byte[] bytes = whole.clone();
          int from = random.nextInt(4) == 0 ? 0 : 3073;
          int within = random.nextBoolean() ? 2000 : bytes.length - from;
          for (int i = 0; i < 1 + random.nextInt(10); i++) {
            bytes[from + random.nextInt(within)] ^= (byte) (1 << random.nextInt(8));
          }
          throwAt(bytes);
        });
  }

  // RTMP R32
  @Test
  void nestedTenThousandDeep() throws IOException {
    Bytes objects = new Bytes().add(Amf.amf0("connect", 1.0));
    Bytes arrays = new Bytes().add(Amf.amf0("connect", 1.0));
    Bytes flash = new Bytes().u8(0).add(Amf.amf0("connect", 1.0)).u8(0x11);
    for (int i = 0; i < 10_000; i++) {
      objects.u8(3).u16(1).u8('a');
      arrays.u8(10).u32(1);
      flash.u8(9).u8(3).u8(1);
    }
    for (Message message :
        List.of(
            new Message(3, Message.COMMAND, 0, 0, objects.toArray()),
            new Message(3, Message.COMMAND, 0, 0, arrays.toArray()),
            new Message(3, Message.COMMAND_AMF3, 0, 0, flash.toArray()))) {
      Bytes bytes = new Bytes().u8(3).add(new byte[3072]);
      new ChunkWriter(ChunkForm.PLAIN).write(message, bytes);
      double before = ingest.metrics.closed.labelValues("rtmp", "malformed").get();
      throwAt(bytes.toArray());
      await()
          .atMost(DEADLINE)
          .until(() -> ingest.metrics.closed.labelValues("rtmp", "malformed").get() == before + 1);
    }
  }
}

package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.ws.AutobahnCase.Chop;
import io.millrace.broker.ws.AutobahnCase.End;
import io.millrace.broker.ws.AutobahnCase.Frame;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * RFC 6455 by the numbers of the Autobahn test suite, with raw bytes against an echo on the
 * listener that {@code /ws} is on, with its options, reading and putting together frames as it
 * does.
 */
class AutobahnCasesTest {
  private static final int CASES = 247;
  private static final int CHOP_BYTES = 997;

  private final DoorsFixture fixture = new DoorsFixture(List.of(AutobahnEcho.mount()));

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void allCasesAreAsTheRfcSays() throws Exception {
    List<AutobahnCase> cases = AutobahnCases.all();
    List<String> wrong = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
      List<Future<String>> results =
          cases.stream().map(one -> clients.submit(() -> run(one))).toList();
      for (Future<String> result : results) {
        if (!result.get().isEmpty()) {
          wrong.add(result.get());
        }
      }
    }
    System.out.println("Autobahn: " + cases.size() + " cases, " + wrong.size() + " wrong");
    assertThat(wrong).isEmpty();
    assertThat(cases).hasSize(CASES).extracting(one -> one.id).doesNotHaveDuplicates();
  }

  /** What is wrong; empty when nothing is. */
  private String run(AutobahnCase test) {
    try (RawWebSocket socket = new RawWebSocket(fixture.listener.port(), "/echo", 0)) {
      send(test, socket.out);
      List<Frame> heard = new ArrayList<>();
      int code = -1;
      try {
        while (code < 0) {
          Frame frame = socket.read();
          if (frame.opcode() == AutobahnCase.CLOSE) {
            code = RawWebSocket.code(frame);
          } else {
            heard.add(frame);
          }
        }
      } catch (EOFException | SocketException e) {
        code = 1006;
      }
      return judged(test, heard, code);
    } catch (IOException | RuntimeException e) {
      return test + ": " + e;
    }
  }

  private static String judged(AutobahnCase test, List<Frame> heard, int code) {
    boolean isFailure = test.end == End.PROTOCOL_ERROR || test.end == End.NOT_UTF8;
    String expected = test.expected.toString();
    // What was before a violation may or may not be answered.
    boolean isRight =
        isFailure
            ? heard.size() <= test.expected.size()
                && heard.toString().equals(test.expected.subList(0, heard.size()).toString())
            : heard.toString().equals(expected);
    Set<Integer> codes =
        switch (test.end) {
          case CLIENT_CLOSES -> Set.of(1000);
          case ANSWERED -> test.code == 1005 ? Set.of(1000, 1005) : Set.of(test.code);
          case PROTOCOL_ERROR -> Set.of(1002, 1006);
          case NOT_UTF8 -> Set.of(1007, 1006);
        };
    return isRight && codes.contains(code)
        ? ""
        : test + ": heard " + heard + " and " + code + ", expected " + expected + " and " + codes;
  }

  private static void send(AutobahnCase test, OutputStream out) throws IOException {
    if (test.end == End.CLIENT_CLOSES) {
      test.send(AutobahnCase.CLOSE, new byte[] {0x03, (byte) 0xE8});
    }
    try {
      for (byte[] frame : test.sent) {
        int step =
            test.chop == Chop.OCTETS ? 1 : test.chop == Chop.FRAMES ? CHOP_BYTES : frame.length;
        for (int at = 0; at < frame.length; at += step) {
          out.write(frame, at, Math.min(step, frame.length - at));
        }
      }
    } catch (SocketException e) {
      // The server has ended it before all was sent, which it may.
    }
  }
}

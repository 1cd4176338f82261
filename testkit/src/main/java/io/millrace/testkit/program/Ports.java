package io.millrace.testkit.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ports of one server: chosen free once, kept when it is started again. */
public record Ports(int http, int management, int origin, int rtmp) {
  private static final int COUNT = 4;

  /** Four ports that nobody listens on now. */
  public static Ports free() {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < COUNT; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return new Ports(
          held.get(0).getLocalPort(),
          held.get(1).getLocalPort(),
          held.get(2).getLocalPort(),
          held.get(3).getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException("no free ports", e);
    } finally {
      held.forEach(Ports::release);
    }
  }

  /** All of them by what speaks there. */
  public Map<String, Integer> byName() {
    return Map.of("http", http, "management", management, "origin", origin, "rtmp", rtmp);
  }

  Map<String, String> environment() {
    return Map.of(
        "MILLRACE_HTTP_PORT", Integer.toString(http),
        "MILLRACE_MANAGEMENT_PORT", Integer.toString(management),
        "MILLRACE_ORIGIN_PORT", Integer.toString(origin),
        "MILLRACE_INGEST_RTMP_PORT", Integer.toString(rtmp));
  }

  private static void release(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("can't release a port", e);
    }
  }
}

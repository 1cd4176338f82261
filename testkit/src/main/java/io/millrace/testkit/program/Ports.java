package io.millrace.testkit.program;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** The ports of one server: chosen free once, kept when it is started again. */
public record Ports(int http, int management, int origin, int rtmp, int mqtt) {
  /** Below what systems take for outgoing connections, so that none of those gets in between. */
  private static final int FIRST = 10_000;

  private static final int COUNT = 20_000;
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

  /** Five ports that nobody listens on now, and that no other call in this process returns soon. */
  public static Ports free() {
    return new Ports(one(), one(), one(), one(), one());
  }

  /** Those that every role but topics opens, by what speaks there. */
  public Map<String, Integer> byName() {
    return Map.of("http", http, "management", management, "origin", origin, "rtmp", rtmp);
  }

  Map<String, String> environment() {
    return Map.of(
        "MILLRACE_HTTP_PORT", Integer.toString(http),
        "MILLRACE_MANAGEMENT_PORT", Integer.toString(management),
        "MILLRACE_ORIGIN_PORT", Integer.toString(origin),
        "MILLRACE_INGEST_RTMP_PORT", Integer.toString(rtmp),
        "MILLRACE_INGEST_RTMPS_PORT", "0",
        "MILLRACE_BROKER_MQTT_PORT", Integer.toString(mqtt),
        "MILLRACE_BROKER_MQTT_TLS_PORT", "0");
  }

  private static int one() {
    for (int tried = 0; tried < COUNT; tried++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}

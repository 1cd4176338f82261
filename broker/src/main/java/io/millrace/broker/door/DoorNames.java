package io.millrace.broker.door;

import java.util.List;

/** The doors' words in metrics and credentials. */
public final class DoorNames {
  public static final String HTTP = "http";
  public static final String SSE = "sse";
  public static final String WEBSOCKET = "websocket";
  public static final String MQTT = "mqtt";

  static final List<String> ALL = List.of(HTTP, SSE, WEBSOCKET, MQTT);

  /** Those whose connections are counted. */
  static final List<String> OF_CONNECTIONS = List.of(SSE, WEBSOCKET, MQTT);

  private DoorNames() {}
}

package io.millrace.app.cli;

import io.millrace.app.node.Node;
import io.millrace.app.node.Role;
import io.millrace.catalog.FirstStart;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;

/** What a starting server tells the person in front of it. */
final class Console {
  private final PrintWriter out;

  Console(PrintWriter out) {
    this.out = out;
  }

  /** The credentials that the first start made; they are shown here and never again. */
  void firstStart(FirstStart made) {
    if (made.password().isPresent() || made.publishKey().isPresent()) {
      out.println();
      out.println("This is the first start. What follows is shown once; keep it:");
    }
    made.password()
        .ifPresent(
            password ->
                out.printf(
                    "  administrator  %s, password %s%n", made.administrator(), password.reveal()));
    made.publishKey()
        .ifPresent(key -> out.printf("  publish key    %s (app live)%n", key.reveal()));
    out.println();
    out.flush();
  }

  /** Where everything is. */
  void addresses(Node node) {
    boolean portal = node.settings().runs(Role.CATALOG);
    String what =
        !portal
            ? "playback"
            : node.settings().runs(Role.EDGE) ? "portal, playback, API" : "portal, API";
    String path = portal ? "/" : "/play/APP/STREAM/index.m3u8";
    node.httpPort()
        .ifPresent(port -> out.printf("%-22s http://localhost:%d%s%n", what, port, path));
    node.httpsPort()
        .ifPresent(
            port -> out.printf("the same over HTTPS    https://localhost:%d%s%n", port, path));
    node.rtmpPort()
        .ifPresent(port -> out.printf("publish (RTMP)         rtmp://localhost:%d/live%n", port));
    node.rtmpsPort()
        .ifPresent(port -> out.printf("the same within TLS    rtmps://localhost:%d/live%n", port));
    node.mqttPort()
        .ifPresent(port -> out.printf("topics (MQTT)          mqtt://localhost:%d%n", port));
    node.mqttTlsPort()
        .ifPresent(port -> out.printf("the same within TLS    mqtts://localhost:%d%n", port));
    node.originPort()
        .ifPresent(port -> out.printf("origin, for edges      http://localhost:%d/%n", port));
    out.printf(
        "metrics and health     http://localhost:%d/metrics, /health/ready%n",
        node.managementPort());
    out.printf("data                   %s%n", node.settings().dataDirectory());
    JsonObject parts = node.health().report().getJsonObject("roles");
    for (String part : parts.fieldNames()) {
      JsonObject state = parts.getJsonObject(part);
      if (!state.getBoolean("ready")) {
        out.printf("%-22s waits: %s%n", part, state.getString("detail"));
      }
    }
    out.println("ready");
    out.flush();
  }

  /** What to do with a demo. */
  void demo(Node node) {
    int http = node.httpPort().orElseThrow();
    out.println();
    out.println("The demo is on air. Press Ctrl-C to stop.");
    out.printf("  watch     http://localhost:%d/%n", http);
    out.printf("  playlist  http://localhost:%d/play/live/demo/index.m3u8%n", http);
    out.println("Push a stream of your own with the publish key that the first start showed:");
    out.printf(
        "  OBS       server rtmp://localhost:%d/live, stream key NAME?key=KEY%n",
        node.rtmpPort().orElseThrow());
    out.printf(
        "  ffmpeg    ffmpeg -re -i FILE -c copy -f flv \"rtmp://localhost:%d/live/NAME?key=KEY\"%n",
        node.rtmpPort().orElseThrow());
    out.flush();
  }
}

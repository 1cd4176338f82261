package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.Nodes;
import io.millrace.app.node.Node;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConsoleTest {
  @TempDir Path folder;

  @Test
  void namesNoPortalOnANodeThatHasNone() {
    try (Node node = Node.start(Nodes.settings(folder, Map.of("roles", "origin,edge")))) {
      assertThat(addresses(node))
          .contains(
              "playback               http://localhost:%d/play/APP/STREAM/index.m3u8"
                  .formatted(node.httpPort().orElseThrow()))
          .doesNotContain("portal")
          .endsWith("ready\n");
    }
  }

  @Test
  void namesThePortalAndItsApiWhereTheyAre() {
    try (Node node = Node.start(Nodes.settings(folder, Map.of("roles", "catalog")))) {
      assertThat(addresses(node))
          .contains(
              "portal, API            http://localhost:%d/\n"
                  .formatted(node.httpPort().orElseThrow()))
          .doesNotContain("playback");
    }
  }

  private static String addresses(Node node) {
    StringWriter out = new StringWriter();
    new Console(new PrintWriter(out)).addresses(node);
    return out.toString();
  }
}

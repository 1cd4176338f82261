package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MountTableTest {
  private static Mount mount(String prefix) {
    return new Mount(prefix, request -> {});
  }

  private static String found(MountTable table, String path) {
    return table.find(path).map(Mount::prefix).orElse("none");
  }

  @Test
  void theLongestPrefixThatEndsAtASegmentWins() {
    MountTable table =
        new MountTable(List.of(mount("/api"), mount("/api/v1/openapi.json"), mount("/play")));
    assertThat(found(table, "/api/v1/openapi.json")).isEqualTo("/api/v1/openapi.json");
    assertThat(found(table, "/api/v1/openapi.jsonx")).isEqualTo("/api");
    assertThat(found(table, "/play")).isEqualTo("/play");
    assertThat(found(table, "/player")).isEqualTo("none");
  }

  @Test
  void theRootTakesWhatIsLeft() {
    MountTable table = new MountTable(List.of(mount("/"), mount("/play")));
    assertThat(found(table, "/player")).isEqualTo("/");
    assertThat(found(table, "/play/live/a")).isEqualTo("/play");
  }

  @Test
  void refusesTwoMountsInOnePlace() {
    assertThatThrownBy(() -> new MountTable(List.of(mount("/a"), mount("/a"))))
        .hasMessageContaining("'/a'");
  }
}

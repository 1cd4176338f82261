package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

final class OpenApiTest {
  private static final JsonObject STREAMS =
      new JsonObject(
          """
          {"tags":[{"name":"streams"}],
           "paths":{"/api/v1/streams":{"get":{"summary":"all"}}},
           "components":{"schemas":{"Stream":{"type":"object"}}}}""");

  @Test
  void joinsFragments() {
    JsonObject document =
        new OpenApi("Millrace", "1")
            .add("catalog", STREAMS)
            .add(
                "ingest",
                new JsonObject(
                    "{\"paths\":{\"/api/v1/streams\":{\"post\":{}},\"/x\":{\"get\":{}}}}"))
            .document();
    assertThat(document.getString("openapi")).isEqualTo("3.1.0");
    assertThat(document.getJsonObject("info").getString("title")).isEqualTo("Millrace");
    assertThat(document.getJsonObject("paths").fieldNames())
        .containsExactlyInAnyOrder("/api/v1/streams", "/x");
    assertThat(document.getJsonObject("paths").getJsonObject("/api/v1/streams").fieldNames())
        .containsExactlyInAnyOrder("get", "post");
    assertThat(document.getJsonObject("components").getJsonObject("schemas").fieldNames())
        .containsExactly("Stream");
    assertThat(document.getJsonArray("tags")).hasSize(1);
  }

  @Test
  void namesBothModulesThatSayTheSame() {
    OpenApi api = new OpenApi("Millrace", "1").add("catalog", STREAMS);
    assertThatThrownBy(
            () ->
                api.add("ingest", new JsonObject("{\"paths\":{\"/api/v1/streams\":{\"get\":{}}}}")))
        .hasMessageContaining("/api/v1/streams.get")
        .hasMessageContaining("catalog")
        .hasMessageContaining("ingest");
  }

  @Test
  void refusesWhatIsNotPartOfAFragment() {
    assertThatThrownBy(() -> new OpenApi("M", "1").add("x", new JsonObject("{\"info\":{}}")))
        .hasMessageContaining("'info'");
  }
}

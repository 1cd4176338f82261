package io.millrace.broker.door;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.millrace.broker.door.Fields.BadFieldException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FieldsReaderTest {
  private static final String TOO_DEEP = "what came is nested too deeply: 64 levels are allowed";

  @Test
  void whatIsTooDeepIsToldAsThat() throws IOException {
    assertThat(Fields.read(Encoding.JSON, json(64)).word("type")).isEqualTo("publish");
    assertThatThrownBy(() -> Fields.read(Encoding.JSON, json(65)))
        .isInstanceOf(BadFieldException.class)
        .hasMessage(TOO_DEEP);
    assertThat(Fields.read(Encoding.CBOR, cbor(64)).word("type")).isEqualTo("publish");
    for (int levels : new int[] {65, 66, 1000}) {
      byte[] deep = cbor(levels);
      assertThatThrownBy(() -> Fields.read(Encoding.CBOR, deep))
          .isInstanceOf(BadFieldException.class)
          .hasMessage(TOO_DEEP);
    }
  }

  @Test
  void whatIsNoJsonIsToldAsThat() {
    assertThatThrownBy(() -> Fields.read(Encoding.JSON, "{\"type\":publish}".getBytes(UTF_8)))
        .isInstanceOf(BadFieldException.class)
        .hasMessageStartingWith("what came is not JSON, at byte ");
  }

  /** An object whose payload has arrays, so many levels together. */
  private static byte[] json(int levels) {
    return ("{\"type\":\"publish\",\"payload\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1))
        .concat("}")
        .getBytes(UTF_8);
  }

  private static byte[] cbor(int levels) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator cbor = new CBORFactory().createGenerator(bytes)) {
      cbor.writeStartObject();
      cbor.writeStringField("type", "publish");
      cbor.writeFieldName("start");
      for (int i = 1; i < levels; i++) {
        cbor.writeStartArray();
      }
      for (int i = 1; i < levels; i++) {
        cbor.writeEndArray();
      }
      cbor.writeEndObject();
    }
    return bytes.toByteArray();
  }
}

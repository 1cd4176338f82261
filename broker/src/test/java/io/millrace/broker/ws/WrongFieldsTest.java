package io.millrace.broker.ws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.door.Encoding;
import io.millrace.broker.door.Fields;
import io.millrace.broker.door.Fields.BadFieldException;
import io.millrace.broker.door.Talk;
import io.millrace.broker.log.PartitionRef;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is wrong within an object refuses that request, and the connection goes on. */
class WrongFieldsTest {
  private final DoorsFixture fixture = new DoorsFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private Talk connected() {
    Talk talk = fixture.talk("?token=all");
    talk.hear("connected");
    return talk;
  }

  private static void refused(Talk talk, String field, String word) {
    JsonObject error = talk.hear("error");
    assertThat(error.getString("id")).as(field).isEqualTo("1");
    assertThat(error.getString("code")).as(field).isEqualTo("bad-request");
    assertThat(error.getString("message")).as(field).contains(word).doesNotContainPattern("\\p{C}");
    assertThat(error.getString("message").length()).as(field).isLessThan(100);
    talk.say("{'type':'ping','id':'p'}").hear("pong");
    talk.close();
  }

  @Test
  void aFieldOfAWrongTypeIsABadRequest() {
    for (String field :
        List.of(
            "'ttl':1.5",
            "'ttl':1e300",
            "'ttl':99999999999999999999",
            "'ttl':" + "9".repeat(2000),
            "'ttl':1e" + "9".repeat(2000),
            "'ttl':null",
            "'ttl':[1]",
            "'headers':[]",
            "'headers':{'x':[1]}",
            "'headers':{'x':1.5}",
            "'messageId':[[],{}]",
            "'retain':null",
            "'nobody':[1]")) {
      Talk talk = connected();
      talk.say("{'type':'publish','topic':'plant/a'," + field + ",'id':'1','text':'x'}");
      refused(talk, field, field.substring(1, field.indexOf('\'', 1)));
    }
    Talk talk = connected();
    talk.say("{'type':'history','filter':['plant/a'],'id':'1'}");
    refused(talk, "filter", "'filter' has to be a text");
    talk = connected();
    talk.say("{'type':'subscribe','sub':'s','start':{'last':[1]},'filter':'plant/a'}");
    assertThat(talk.hear("error").getString("sub")).isEqualTo("s");
    talk = connected();
    talk.say("{'type':'subscribe','sub':'s','start':{'last':1,'lst':1},'filter':'plant/a'}");
    assertThat(talk.hear("error").getString("message")).contains("'lst' is not known");
    for (int i = 0; i < DoorsFixture.PARTITIONS; i++) {
      assertThat(fixture.log.all(new PartitionRef("plant", 1, i))).isEmpty();
    }
  }

  @Test
  void aFieldThatIsThereTwiceAndTooManyOfThemAreABadRequest() {
    Talk twice = connected();
    twice.say("{'type':'publish','topic':'plant/a','text':'x','text':'y','id':'1'}");
    refused(twice, "text", "'text' is there twice");
    Talk within = connected();
    within.say("{'type':'publish','topic':'plant/a','headers':{'h':'x','h':'y'},'id':'1'}");
    refused(within, "headers", "'h' is there twice");
    StringBuilder many = new StringBuilder("{'type':'publish','topic':'plant/a','id':'1'");
    for (int i = 0; i < 300; i++) {
      many.append(",'f").append(i).append("':1");
    }
    Talk talk = connected();
    talk.say(many.append('}').toString());
    refused(talk, "many", "too many fields");
  }

  @Test
  void halfOfACharacterIsABadRequest() {
    for (String fields :
        List.of(
            "'text':'a\\ud800b'",
            "'text':'\\udc00\\ud800'",
            "'headers':{'h':'\\udfff'}",
            "'headers':{'\\ud800':'x'}",
            "'messageId':'\\ud800'",
            "'\\ud800':1")) {
      Talk talk = connected();
      talk.say("{'type':'publish','topic':'plant/a','id':'1'," + fields + "}");
      refused(talk, fields, "half");
    }
    Talk nameless = connected();
    nameless.say("{'type':'ping','id':'\\ud800'}");
    assertThat(nameless.hear("error").getString("code")).isEqualTo("bad-request");

    Talk behind = connected();
    behind.say("{'\\udfff':'\\ud800','type':'ping','id':'1'}");
    refused(behind, "before the id", "a field's name has half");

    Talk within = connected();
    within.say("{'type':'ping','x':{'y':[{'\\ud800':1}]},'id':'1'}");
    refused(within, "x", "'x' is not known here");

    Talk whole = connected();
    whole.say("{'type':'subscribe','sub':'s','filter':'plant/a'}").hear("caught-up");
    whole.say("{'type':'publish','topic':'plant/a','text':'a\\ud83d\\ude00b'}");
    // What stands for a half where there is one is a text like any other where there is none.
    whole.say("{'type':'publish','topic':'plant/a','text':'\\uffff'}");
    await().until(() -> whole.texts().size() == 2);
    assertThat(whole.texts()).containsExactly("a\ud83d\ude00b", "\uffff");
  }

  @Test
  void aLongNameIsABadRequestAndToldInShort() {
    for (String name : List.of("n".repeat(60_000), "n\\u0007", "\\ud800" + "n".repeat(60_000))) {
      Talk talk = connected();
      talk.say("{'type':'publish','topic':'plant/a','" + name + "':1,'id':'1'}");
      refused(talk, "a long name", name.startsWith("n") ? "is not known here" : "half");
    }
  }

  @Test
  void aPayloadIsPublishedAsItIsWhateverItsNumbersAndNames() {
    String payload = "{\"\\ud800\":" + "9".repeat(2000) + ",\"\\uffff\":\"\\udc00\"}";
    // Whole characters beside it, and what only looks like an escape, are what they are.
    String headers = "{\"whole\":\"\\ud83d\\ude00\",\"plain\":\"\\\\ud800\"}";
    Fields fields =
        Fields.read(
            Encoding.JSON,
            ("{\"type\":\"publish\",\"topic\":\"plant/a\",\"headers\":"
                    + headers
                    + ",\"payload\":"
                    + payload
                    + "}")
                .getBytes(UTF_8));
    assertThat(ClientFrame.of(fields))
        .isInstanceOfSatisfying(
            ClientFrame.Publish.class,
            publish -> {
              assertThat(publish.draft().payload()).asString(UTF_8).isEqualTo(payload);
              assertThat(publish.draft().headers())
                  .isEqualTo(Map.of("whole", "\ud83d\ude00", "plain", "\\ud800"));
            });
  }

  /** Only the message's own payload is not looked into. */
  @Test
  void aHeaderMayBeCalledPayload() {
    Fields fields =
        Fields.read(
            Encoding.JSON,
            "{\"type\":\"publish\",\"topic\":\"plant/a\",\"headers\":{\"payload\":\"x\"}}"
                .getBytes(UTF_8));
    assertThat(ClientFrame.of(fields))
        .isInstanceOfSatisfying(
            ClientFrame.Publish.class,
            publish -> assertThat(publish.draft().headers()).containsEntry("payload", "x"));
  }

  private interface Writing {
    void to(JsonGenerator cbor) throws IOException;
  }

  private static void badInCbor(String field, Writing value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator cbor = new CBORFactory().createGenerator(bytes)) {
      cbor.writeStartObject();
      cbor.writeStringField("type", "publish");
      cbor.writeStringField("topic", "plant/a");
      cbor.writeFieldName(field);
      value.to(cbor);
      cbor.writeStringField("id", "1");
      cbor.writeEndObject();
    }
    Fields fields = Fields.read(Encoding.CBOR, bytes.toByteArray());
    assertThat(fields.word("id")).isEqualTo("1");
    assertThatThrownBy(() -> ClientFrame.of(fields))
        .isInstanceOf(BadFieldException.class)
        .hasMessageContaining("'" + field + "'");
  }

  @Test
  void aFieldOfAWrongTypeIsABadRequestInCborToo() throws IOException {
    badInCbor("ttl", cbor -> cbor.writeNumber(1.5));
    badInCbor("ttl", cbor -> cbor.writeNumber(-1e300));
    badInCbor("ttl", cbor -> cbor.writeBinary(new byte[] {1}));
    badInCbor("ttl", JsonGenerator::writeNull);
    badInCbor("payload", cbor -> cbor.writeString("x"));
    badInCbor("payload", JsonGenerator::writeNull);
    badInCbor(
        "payload",
        cbor -> {
          cbor.writeStartArray();
          cbor.writeString("x");
          cbor.writeEndArray();
        });
    badInCbor(
        "headers",
        cbor -> {
          cbor.writeStartArray();
          cbor.writeNumber(1);
          cbor.writeEndArray();
        });
  }
}

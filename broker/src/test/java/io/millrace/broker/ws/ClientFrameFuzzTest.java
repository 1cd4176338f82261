package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.millrace.broker.door.Encoding;
import io.millrace.broker.door.Fields;
import io.millrace.broker.door.Fields.BadFieldException;
import io.millrace.testkit.fuzz.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every kind of frame, damaged byte by byte, gives a frame or a sentence, in both encodings. */
class ClientFrameFuzzTest {
  private static final List<String> FRAMES =
      List.of(
          "{\"type\":\"connect\",\"id\":\"1\",\"token\":\"all\"}",
          "{\"type\":\"publish\",\"id\":\"2\",\"topic\":\"plant/hall/t1\",\"text\":\"Straße 😀\","
              + "\"headers\":{\"ce_type\":\"measured\",\"payload\":\"x\"},\"messageId\":\"a-1\","
              + "\"retain\":true,\"ttl\":1000}",
          "{\"type\":\"subscribe\",\"sub\":\"s\",\"filter\":\"plant/+/#\",\"start\":{\"last\":10},"
              + "\"where\":\"payload.t > 20.0\",\"policy\":\"drop-oldest\"}",
          "{\"type\":\"subscribe\",\"sub\":\"s\",\"filter\":\"plant/a\",\"start\":{\"since\":1}}",
          "{\"type\":\"unsubscribe\",\"sub\":\"s\"}",
          "{\"type\":\"history\",\"id\":\"3\",\"filter\":\"plant/a\",\"start\":\"now\","
              + "\"limit\":1000}",
          "{\"type\":\"ping\",\"id\":\"4\"}");

  private static final String PAYLOAD =
      "{\"type\":\"publish\",\"topic\":\"plant/a\",\"payload\":{\"v\":[1.5,null,true]}}";

  @TestFactory
  Stream<DynamicTest> damagedFramesGiveAFrameOrASentence() {
    return Stream.of(Encoding.values())
        .map(encoding -> DynamicTest.dynamicTest(encoding.name(), () -> fuzz(encoding)));
  }

  private static void fuzz(Encoding encoding) {
    Fuzz.Outcome outcome =
        Fuzz.of(seeds(encoding))
            .allowing(BadFieldException.class)
            .run(bytes -> ClientFrame.of(Fields.read(encoding, bytes)));
    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }

  private static List<byte[]> seeds(Encoding encoding) {
    return switch (encoding) {
      case JSON ->
          Stream.concat(FRAMES.stream(), Stream.of(PAYLOAD))
              .map(frame -> frame.getBytes(StandardCharsets.UTF_8))
              .toList();
      case CBOR ->
          Stream.concat(FRAMES.stream().map(ClientFrameFuzzTest::cbor), Stream.of(binary()))
              .toList();
    };
  }

  private static byte[] cbor(String json) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonParser from = new JsonFactory().createParser(json.getBytes(StandardCharsets.UTF_8));
        JsonGenerator to = new CBORFactory().createGenerator(bytes)) {
      from.nextToken();
      to.copyCurrentStructure(from);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] binary() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator to = new CBORFactory().createGenerator(bytes)) {
      to.writeStartObject();
      to.writeStringField("type", "publish");
      to.writeStringField("topic", "plant/a");
      to.writeBinaryField("payload", new byte[300]);
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Parsed;
import io.millrace.testkit.fuzz.Fuzz;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every text that names a topic or a filter, damaged byte by byte and character by character. */
class TopicFuzzTest {
  private static final List<String> TEXTS =
      List.of(
          "$share/group/public/+/b/#",
          "$share/g/public/Straße/日本/😀",
          "$share/g/n//a//",
          "$share/g/public/" + "x/".repeat(31),
          "$share/g/public/" + "x".repeat(1_024));

  private static final class RefusedException extends Exception {}

  @TestFactory
  Stream<DynamicTest> damagedTextsGiveAValueOrASentence() {
    return Stream.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16BE)
        .map(charset -> DynamicTest.dynamicTest(charset.name(), () -> fuzz(charset)));
  }

  private static void fuzz(Charset charset) {
    Fuzz.Outcome outcome =
        Fuzz.of(TEXTS.stream().map(text -> text.getBytes(charset)).toList())
            .allowing(RefusedException.class)
            .run(bytes -> feed(characters(bytes, charset)));
    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }

  /** As a decoder that replaces nothing would give them: also surrogates without a partner. */
  private static String characters(byte[] bytes, Charset charset) {
    if (charset.equals(StandardCharsets.UTF_8)) {
      return new String(bytes, charset);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i + 1 < bytes.length; i += 2) {
      text.append((char) (((bytes[i] & 0xFF) << 8) | (bytes[i + 1] & 0xFF)));
    }
    return text.toString();
  }

  private static void feed(String text) throws RefusedException {
    SharedFilter shared = value(text, SharedFilter::parse);
    assertThat(shared).hasToString(text);
    TopicFilter filter = value(shared.filter(), TopicFilter::parse);
    assertThat(filter).hasToString(shared.filter());
    TopicTree<String> tree = new TopicTree<>();
    tree.add(filter, "s");
    String path = filter.path().replace('+', 'x').replace('#', 'x');
    assertThat(tree.match(path, s -> {})).isEqualTo(filter.matches(path) ? 1 : 0).isOne();
    tree.remove(filter, "s");
    assertThat(tree.nodes()).isZero();
    Topic topic = value(filter.namespace() + "/" + path, Topic::parse);
    assertThat(new MountPoint.At(topic.namespace()).text(topic)).contains(path);
  }

  private static <T> T value(String text, Function<String, Parsed<T>> parser)
      throws RefusedException {
    switch (parser.apply(text)) {
      case Parsed.Value<T>(T value) -> {
        return value;
      }
      case Parsed.Refused<T>(String problem) -> {
        assertThat(problem).hasSizeBetween(10, 200).doesNotContainPattern("\\p{Cntrl}");
        throw new RefusedException();
      }
    }
  }
}

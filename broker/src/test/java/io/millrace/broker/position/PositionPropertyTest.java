package io.millrace.broker.position;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Parsed;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PositionPropertyTest {
  private static final class RefusedException extends Exception {}

  @Test
  void readingWhatWasWrittenGivesTheSame() {
    Seeds.forEach(
        2_000,
        random -> {
          Position position = position(random, 1_024);
          String token = position.token();
          assertThat(token).matches("[A-Za-z0-9_-]+");
          assertThat(Position.parse(token)).isEqualTo(new Parsed.Value<>(position));
          byte[] bytes = Base64.getUrlDecoder().decode(token);
          assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))
              .isEqualTo(token);
        });
  }

  @Test
  void anyOtherCharacterAnywhereIsRefused() {
    Seeds.forEach(
        60,
        random -> {
          String token = position(random, 8).token();
          for (int at = 0; at < token.length(); at++) {
            for (int c = 0; c < PositionWriter.ALPHABET.length(); c++) {
              char other = PositionWriter.ALPHABET.charAt(c);
              String changed = token.substring(0, at) + other + token.substring(at + 1);
              assertThat(Position.parse(changed) instanceof Parsed.Refused)
                  .as("%s for %s", changed, token)
                  .isEqualTo(other != token.charAt(at));
            }
          }
        });
  }

  @Test
  void charactersSwappedLeftOutOrDoubledAreRefused() {
    Seeds.forEach(
        500,
        random -> {
          String token = position(random, 8).token();
          for (int at = 0; at + 1 < token.length(); at++) {
            String before = token.substring(0, at);
            char first = token.charAt(at);
            char second = token.charAt(at + 1);
            String after = token.substring(at + 2);
            if (first != second) {
              refused(before + second + first + after);
            }
            refused(before + second + after);
            refused(before + first + first + second + after);
          }
        });
  }

  @Test
  void damagedTokensGiveAPositionWithThatTokenOrASentence() {
    byte[][] corpus = new byte[20][];
    for (int i = 0; i < corpus.length; i++) {
      corpus[i] =
          position(Seeds.random(i), 1 << (i / 2)).token().getBytes(StandardCharsets.ISO_8859_1);
    }
    Fuzz.Outcome outcome =
        Fuzz.of(corpus)
            .allowing(RefusedException.class)
            .allocating(1 << 16, 64)
            .run(
                bytes -> {
                  String token = new String(bytes, StandardCharsets.ISO_8859_1);
                  switch (Position.parse(token)) {
                    case Parsed.Value<Position>(Position position) ->
                        assertThat(position.token()).isEqualTo(token);
                    case Parsed.Refused<Position>(String problem) -> {
                      assertThat(problem).hasSizeBetween(10, 200);
                      throw new RefusedException();
                    }
                  }
                });
    assertThat(outcome.refused()).isPositive();
  }

  private static void refused(String token) {
    assertThat(Position.parse(token)).as(token).isInstanceOf(Parsed.Refused.class);
  }

  private static Position position(RandomGenerator random, int mostPartitions) {
    int cluster = random.nextInt();
    int generation = (int) number(random) & Integer.MAX_VALUE;
    long time = number(random);
    if (random.nextBoolean()) {
      return new Position.OfTopic(
          cluster, generation, random.nextInt(mostPartitions), number(random), time);
    }
    long[] next = new long[1 + random.nextInt(mostPartitions)];
    for (int i = 0; i < next.length; i++) {
      next[i] = number(random);
    }
    return new Position.OfFilter(cluster, generation, Offsets.of(next), time);
  }

  /** Of every length equally often. */
  private static long number(RandomGenerator random) {
    return random.nextLong() >>> (1 + random.nextInt(63));
  }
}

package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PublishRateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Just before the clock passes the largest number. */
  private static final long START = Long.MAX_VALUE - 5 * SECOND;

  @Test
  void letsInAsMuchAsTheLimitsSayAndSaysHowLongToWait() {
    PublishRate rate = new PublishRate(new PublishLimits(2, PublishLimits.UNLIMITED), START);

    assertThat(rate.take(1_000_000, START)).isZero();
    assertThat(rate.take(1_000_000, START)).isZero();
    long wait = rate.take(1, START);
    assertThat(wait).isBetween(1L, SECOND / 2 + 1);
    assertThat(rate.take(1, START + wait - 1)).isEqualTo(1);
    assertThat(rate.take(1, START + wait)).isZero();
  }

  @Test
  void aMessageLargerThanASecondsWorthIsLetInAndWaitedForAfterwards() {
    PublishRate rate = new PublishRate(new PublishLimits(PublishLimits.UNLIMITED, 1000), START);

    assertThat(rate.take(10_000, START)).isZero();
    assertThat(rate.take(1, START)).isEqualTo(9 * SECOND + 1);
    assertThat(rate.take(1, START + 9 * SECOND + 1)).isZero();
  }

  @Test
  void whatIsRefusedForItsBytesDoesNotCountAsAMessage() {
    PublishRate rate = new PublishRate(new PublishLimits(3, 100), START);
    assertThat(rate.take(150, START)).isZero();
    for (int i = 0; i < 10; i++) {
      assertThat(rate.take(1, START)).isPositive();
    }
    long later = START + SECOND / 2 + 1;

    assertThat(rate.take(0, later)).isZero();
    assertThat(rate.take(0, later)).isZero();
  }

  @Test
  void neverLetsInMoreThanTwoSecondsWorthInAnySecond() {
    Seeds.forEach(
        100,
        random -> {
          int perSecond = 1 + random.nextInt(50);
          PublishRate rate =
              new PublishRate(new PublishLimits(perSecond, PublishLimits.UNLIMITED), START);
          List<Long> taken = new ArrayList<>();
          long at = 0;
          double tokens = perSecond;
          for (int i = 0; i < 500; i++) {
            long step = random.nextLong(SECOND / perSecond);
            at += step;
            // The bucket as it is drawn in books.
            tokens = Math.min(perSecond, tokens + step * (double) perSecond / SECOND);
            boolean in = rate.take(1, START + at) == 0;
            if (Math.abs(tokens) > 1e-4) {
              assertThat(in).as("at " + at).isEqualTo(tokens > 0);
            }
            if (in) {
              tokens--;
              taken.add(at);
            }
          }
          for (long from : taken) {
            assertThat(taken.stream().filter(it -> it >= from && it < from + SECOND).count())
                .isLessThanOrEqualTo(2L * perSecond + 1);
          }
        });
  }

  @Test
  void connectionsOfOnePrincipalShareARateForEachNamespace() {
    PublishRates rates = new PublishRates(10);
    TopicGrant one = grant("one");

    assertThat(rates.of(one, "ns", 0)).isSameAs(rates.of(grant("one"), "ns", 0));
    assertThat(rates.of(one, "ns", 0)).isNotSameAs(rates.of(one, "other", 0));
    assertThat(rates.of(one, "ns", 0)).isNotSameAs(rates.of(grant("two"), "ns", 0));
    PublishLimits limits = new PublishLimits(5, 5);
    assertThat(rates.ofEverybody("ns", limits, 0)).isSameAs(rates.ofEverybody("ns", limits, 0));
  }

  @Test
  void keepsABoundedNumberAndForgetsFirstWhatWouldBeTheSameAgain() {
    PublishRates rates = new PublishRates(2);
    PublishRate busy = rates.of(grant("busy"), "ns", 0);
    busy.take(1, 0);
    rates.of(grant("idle"), "ns", 0);

    rates.of(grant("new"), "ns", 0).take(1, 0);
    assertThat(rates.size()).isEqualTo(2);
    assertThat(rates.of(grant("busy"), "ns", 0)).isSameAs(busy);
    for (int i = 0; i < 100; i++) {
      rates.of(grant("p" + i), "ns", 0).take(1, 0);
    }
    assertThat(rates.size()).isEqualTo(2);
  }

  private static TopicGrant grant(String principal) {
    return new TopicGrant(
        "default",
        principal,
        Optional.empty(),
        Set.of(),
        TopicCapabilities.PUBLIC,
        new PublishLimits(1, PublishLimits.UNLIMITED));
  }
}

package io.millrace.broker.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Parsed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NamespaceWishTest {
  private static final Namespace ORDERS =
      new Namespace(
          "orders", 3, 8, Durability.SYNCED, Duration.ofDays(30), Namespace.UNBOUNDED, 2000);

  private static NamespaceWish partitions(int count) {
    return NamespaceWish.NONE.withPartitions(count);
  }

  private static NamespaceWish durability(Durability durability) {
    return new NamespaceWish(
        Optional.empty(),
        Optional.of(durability),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Namespace made(Parsed<Namespace> parsed) {
    return ((Parsed.Value<Namespace>) parsed).value();
  }

  private static String refused(Parsed<Namespace> parsed) {
    return ((Parsed.Refused<Namespace>) parsed).problem();
  }

  @Test
  void whatIsLeftOutHasItsDefaultWhereTheNamespaceIsNew() {
    assertThat(made(NamespaceWish.NONE.on("orders", Optional.empty())))
        .isEqualTo(Namespace.builtIn("orders"));
  }

  @Test
  void whatIsLeftOutStaysAsItIs() {
    assertThat(made(NamespaceWish.NONE.on("orders", Optional.of(ORDERS)))).isEqualTo(ORDERS);
  }

  @Test
  void morePartitionsAreTheNextGeneration() {
    Namespace grown = made(partitions(16).on("orders", Optional.of(ORDERS)));
    assertThat(grown.partitions()).isEqualTo(16);
    assertThat(grown.generation()).isEqualTo(4);
    assertThat(made(partitions(8).on("orders", Optional.of(ORDERS))).generation()).isEqualTo(3);
  }

  @Test
  void aNewNamespaceIsAtItsFirstGenerationHoweverManyPartitionsItHas() {
    assertThat(made(partitions(16).on("orders", Optional.empty())).generation()).isEqualTo(1);
  }

  @Test
  void fewerPartitionsAreRefusedWithWords() {
    assertThat(refused(partitions(4).on("orders", Optional.of(ORDERS))))
        .isEqualTo(
            "the namespace orders has 8 partitions, and they only grow; make another namespace for"
                + " fewer");
  }

  @Test
  void anotherDurabilityIsRefusedWithWords() {
    assertThat(refused(durability(Durability.LOGGED).on("orders", Optional.of(ORDERS))))
        .contains("is synced, and that cannot be changed");
    assertThat(made(durability(Durability.SYNCED).on("orders", Optional.of(ORDERS))))
        .isEqualTo(ORDERS);
  }

  @Test
  void namesEveryComponentThatNoNamespaceCanHave() {
    List<String> problems = new ArrayList<>();
    new NamespaceWish(
            Optional.of(2000),
            Optional.empty(),
            Optional.of(Duration.ZERO),
            Optional.of(5L),
            Optional.of(9 << 20),
            Optional.of(-1),
            Optional.of(0L),
            Optional.of(0L))
        .check((field, problem) -> problems.add(field));
    assertThat(problems)
        .containsExactly(
            "partitions",
            "retention",
            "retentionBytes",
            "maxMessageSize",
            "maxWildcardFilters",
            "messagesPerSecond",
            "bytesPerSecond");
    NamespaceWish.NONE.whole().check((field, problem) -> problems.add("default " + field));
    assertThat(problems).hasSize(7);
  }
}

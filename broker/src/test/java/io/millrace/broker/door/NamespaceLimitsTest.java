package io.millrace.broker.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a namespace's own limits refuse, whoever asks. */
final class NamespaceLimitsTest {
  private final DoorsFixture fixture = new DoorsFixture();
  private final Talk talk = fixture.talk("?token=all");

  @AfterEach
  void close() {
    fixture.close();
  }

  private JsonObject ask(String id, String frame) {
    talk.say(frame.replace("ID", id));
    return talk.hear(
        heard -> id.equals(heard.getString("id")) || id.equals(heard.getString("sub")));
  }

  private static String subscribe(String filter) {
    return "{'type':'subscribe','sub':'ID','filter':'tight/" + filter + "'}";
  }

  @Test
  void moreDifferentFiltersWithWildcardsThanTheNamespaceAllowsAreRefused() {
    ask("a", subscribe("+/x"));
    ask("b", subscribe("+/y"));
    JsonObject refused = ask("c", subscribe("+/z"));
    assertThat(refused.getString("type")).isEqualTo("error");
    assertThat(refused.getString("code")).isEqualTo("too-many-subscriptions");
    assertThat(refused.getString("message"))
        .contains("the namespace tight have 2 different filters with wildcards already");
    assertThat(ask("d", subscribe("+/x")).getString("type")).isEqualTo("subscribed");
    assertThat(ask("e", subscribe("exact")).getString("type")).isEqualTo("subscribed");

    talk.say("{'type':'unsubscribe','sub':'b'}");
    assertThat(ask("f", subscribe("+/z")).getString("type")).isEqualTo("subscribed");
  }

  @Test
  void publishingFasterThanTheNamespaceAllowsIsRefusedWhoeverItIs() {
    String publish = "{'type':'publish','id':'ID','topic':'tight/a','text':'x'}";
    assertThat(ask("1", publish).getString("type")).isEqualTo("published");
    // Together far more than are allowed in the time that they take, however long that is.
    for (int i = 0; i < 100; i++) {
      talk.say(publish.replace("ID", "more"));
    }
    JsonObject refused = talk.hear("error");
    assertThat(refused.getString("code")).isEqualTo("rate-limited");
    assertThat(refused.getString("message"))
        .startsWith("more is published than the namespace tight allows; try again in");
  }
}

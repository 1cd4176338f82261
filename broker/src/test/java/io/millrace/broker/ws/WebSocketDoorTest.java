package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.GrantId;
import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.door.Talk;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.testkit.Seeds;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebSocketDoorTest {
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

  @Test
  void aMessageGoesFromAPublisherToASubscriberAsItWas() {
    Talk subscriber = connected();
    subscriber.say("{'type':'subscribe','sub':'s','filter':'plant/hall/+'}").hear("caught-up");
    Talk publisher = fixture.talk("").say("{'type':'connect','id':'c','token':'all'}");
    assertThat(publisher.hear("connected").getString("id")).isEqualTo("c");

    publisher.say(
        "{'type':'publish','id':'1','topic':'plant/hall/t','payload':{'v': 1.10, 'a':[1,\n2]},"
            + "'headers':{'ce_type':'x'},'messageId':'m1'}");
    publisher.say("{'type':'publish','id':'2','topic':'plant/hall/t','text':'über'}");
    publisher.say("{'type':'publish','id':'3','topic':'plant/hall/t','base64':'gIE='}");

    await().until(() -> subscriber.all("message").size() == 3);
    JsonObject json = subscriber.all("message").get(0);
    assertThat(json.getJsonObject("payload").encode()).isEqualTo("{\"v\":1.1,\"a\":[1,2]}");
    assertThat(json.getString("contentType")).isEqualTo("application/json");
    assertThat(json.getJsonObject("headers").getString("ce_type")).isEqualTo("x");
    assertThat(json.getString("id")).isEqualTo("m1");
    assertThat(json.getString("sub")).isEqualTo("s");
    assertThat(json.getString("topic")).isEqualTo("plant/hall/t");
    assertThat(subscriber.all("message").get(1).getString("text")).isEqualTo("über");
    assertThat(subscriber.all("message").get(2).getString("base64")).isEqualTo("gIE=");
    await().until(() -> publisher.all("published").size() == 3);
    assertThat(publisher.all("published").get(0).getString("position")).isNotEmpty();
  }

  @Test
  void publishingAgainWithTheSameIdIsAcknowledgedWithTheFirstOnesPosition() {
    Talk talk = connected();
    String publish = "{'type':'publish','id':'%s','topic':'plant/a','text':'x','messageId':'m'}";

    talk.say(publish.formatted("1")).say(publish.formatted("2"));

    await().until(() -> talk.all("published").size() == 2);
    assertThat(talk.all("published").get(0).getString("position"))
        .isEqualTo(talk.all("published").get(1).getString("position"));
    talk.say("{'type':'history','id':'h','filter':'plant/a','start':{'last':10}}");
    assertThat(talk.hear("history").getJsonArray("messages")).hasSize(1);
  }

  @Test
  void resumesByPositionAtEveryCutWithoutLossAndWithoutRepeating() {
    for (int i = 0; i < 60; i++) {
      fixture.publish("hall/" + i % 5, "m" + i);
    }
    Talk first = connected();
    first.say("{'type':'subscribe','sub':'s','filter':'plant/#','start':{'last':60}}");
    await().until(() -> first.all("message").size() == 60);
    List<JsonObject> all = first.all("message");

    for (int cut = 0; cut < 60; cut += 7) {
      Talk again = connected();
      again.say(
          new JsonObject()
              .put("type", "subscribe")
              .put("sub", "s")
              .put("filter", "plant/#")
              .put("start", new JsonObject().put("after", all.get(cut).getString("position"))));
      again.hear("caught-up");
      assertThat(again.texts())
          .as("after message " + cut)
          .containsExactlyInAnyOrderElementsOf(
              all.subList(cut + 1, 60).stream().map(frame -> frame.getString("text")).toList());
      again.close();
    }
  }

  @Test
  void aClientThatDoesNotReadMissesNothingAndHoldsNobodyUp() {
    Talk slow = connected();
    Talk quick = connected();
    slow.say("{'type':'subscribe','sub':'s','filter':'plant/one'}").hear("caught-up");
    quick.say("{'type':'subscribe','sub':'s','filter':'plant/one'}").hear("caught-up");
    slow.socket.pause();
    String filling = "x".repeat(1000);
    int count = 10_000;
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      fixture.publish("one", i + filling);
      expected.add(i + filling);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> quick.texts().size() == count);
    assertThat(slow.texts().size()).isLessThan(count);

    slow.socket.resume();

    await().atMost(Duration.ofSeconds(60)).until(() -> slow.all("message").size() == count);
    assertThat(slow.texts()).isEqualTo(expected);
    assertThat(slow.all("gap")).isEmpty();
  }

  @Test
  void deliversOnlyWhatTheExpressionLetsThrough() {
    Talk talk = connected();
    talk.say("{'type':'subscribe','sub':'s','filter':'plant/#','where':'payload.t > 3'}");
    talk.hear("caught-up");

    for (int i = 0; i < 6; i++) {
      fixture.publish("a", "{\"t\":" + i + "}");
    }

    await().until(() -> talk.texts().size() == 2);
    assertThat(talk.texts()).containsExactly("{\"t\":4}", "{\"t\":5}");
    talk.say("{'type':'subscribe','sub':'t','filter':'plant/#','where':'payload.t >'}");
    assertThat(talk.hear("error").getString("code")).isEqualTo("bad-expression");
  }

  @Test
  void refusesWithStableWords() {
    Talk talk = connected();
    Talk reader = fixture.talk("?token=reader");
    reader.hear("connected");
    refused(talk, "{'type':'publish','id':'ID','topic':'plant','text':''}", "bad-topic");
    refused(talk, "{'type':'publish','id':'ID','topic':'plant/a+','text':''}", "bad-topic");
    refused(
        talk, "{'type':'publish','id':'ID','topic':'nowhere/a','text':''}", "no-such-namespace");
    refused(talk, "{'type':'publish','id':'ID','topic':'other/a','text':''}", "not-authorized");
    refused(reader, "{'type':'publish','id':'ID','topic':'plant/hall/a'}", "not-authorized");
    refused(
        talk,
        "{'type':'publish','id':'ID','topic':'plant/a','headers':{'mr-x':'y'}}",
        "bad-message");
    refused(
        reader,
        "{'type':'history','id':'ID','filter':'plant/hall/a','start':{'last':1}}",
        "not-authorized");
    refused(talk, "{'type':'history','id':'ID','filter':'plant/a#'}", "bad-filter");
    refused(
        talk,
        "{'type':'history','id':'ID','filter':'plant/a','start':{'after':'xyz'}}",
        "bad-position");
    refused(talk, "{'type':'history','id':'ID','filter':'plant/a','limitt':1}", "bad-request");
    refused(talk, "{'type':'nothing','id':'ID'}", "bad-request");
    reader.say("{'type':'subscribe','sub':'x','filter':'plant/#'}");
    assertThat(reader.hear(frame -> "x".equals(frame.getString("sub"))).getString("code"))
        .isEqualTo("not-authorized");
  }

  private static void refused(Talk talk, String frame, String code) {
    String id = Integer.toString(talk.heard.size());
    talk.say(frame.replace("ID", id));
    JsonObject error =
        talk.hear(
            heard -> heard.getString("type").equals("error") && id.equals(heard.getString("id")));
    assertThat(error.getString("code")).as(frame).isEqualTo(code);
  }

  @Test
  void aConnectionHasSoManySubscriptionsAndNoMore() {
    Talk talk = connected();
    for (int i = 0; i < 11; i++) {
      talk.say("{'type':'subscribe','sub':'s" + i + "','filter':'plant/" + i + "'}");
    }
    assertThat(talk.hear("error").getString("sub")).isEqualTo("s10");
    assertThat(talk.hear("error").getString("code")).isEqualTo("too-many-subscriptions");
    talk.say("{'type':'unsubscribe','sub':'s3'}").hear("unsubscribed");
    talk.say("{'type':'subscribe','sub':'s10','filter':'plant/10'}");
    talk.hear(
        frame ->
            frame.getString("type").equals("subscribed") && "s10".equals(frame.getString("sub")));
    for (int i = 4; i < 9; i++) {
      talk.say("{'type':'unsubscribe','sub':'s" + i + "'}");
      talk.say("{'type':'subscribe','sub':'w" + i + "','filter':'plant/" + i + "/#'}");
    }
    assertThat(
            talk.hear(
                    frame ->
                        frame.getString("type").equals("error")
                            && "w8".equals(frame.getString("sub")))
                .getString("code"))
        .isEqualTo("too-many-subscriptions");
  }

  @Test
  void tooFastIsRefused() {
    Talk talk = fixture.talk("?token=slow");
    talk.hear("connected");
    talk.say("{'type':'publish','id':'1','topic':'plant/a'}");
    talk.say("{'type':'publish','id':'2','topic':'plant/a'}");
    talk.say("{'type':'publish','id':'3','topic':'plant/a'}");
    assertThat(talk.hear("error").getString("code")).isEqualTo("rate-limited");
  }

  @Test
  void endsWithAReasonWhenItIsNotLetIn() {
    Talk wrong = fixture.talk("?token=wrong");
    assertThat(wrong.hear("error").getString("code")).isEqualTo("not-authenticated");
    assertThat(wrong.closeCode()).isEqualTo(4401);
    Talk early = fixture.talk("").say("{'type':'subscribe','sub':'s','filter':'plant/a'}");
    assertThat(early.closeCode()).isEqualTo(4401);
    Talk silent = fixture.talk("");
    assertThat(silent.closeCode()).isEqualTo(4401);
    assertThat(silent.socket.closeReason()).contains("no credential came in time");
  }

  @Test
  void endsWhenItsGrantEnds() {
    Talk talk = connected();
    talk.say("{'type':'subscribe','sub':'s','filter':'plant/a'}").hear("caught-up");

    fixture.grants.revoke(GrantId.key("test"));

    assertThat(talk.hear("error").getString("code")).isEqualTo("expired");
    assertThat(talk.closeCode()).isEqualTo(4403);
  }

  @Test
  void aNewCredentialEndsWhatItDoesNotAllow() {
    Talk talk = connected();
    talk.say("{'type':'subscribe','sub':'hall','filter':'plant/hall/a'}");
    talk.say("{'type':'subscribe','sub':'else','filter':'plant/else'}");
    await().until(() -> talk.all("caught-up").size() == 2);

    talk.say("{'type':'connect','id':'again','token':'reader'}");

    talk.hear(frame -> "again".equals(frame.getString("id")));
    assertThat(talk.hear("ended").getString("sub")).isEqualTo("else");
    fixture.publish("else", "x");
    fixture.publish("hall/a", "y");
    await().until(() -> talk.texts().size() == 1);
    assertThat(talk.texts()).containsExactly("y");
    assertThat(fixture.grants.size()).isEqualTo(1);
  }

  @Test
  void readsHistoryPageByPage() {
    for (int i = 0; i < 25; i++) {
      fixture.publish("a", "m" + i);
    }
    Talk talk = connected();
    talk.say("{'type':'history','id':'1','filter':'plant/a','start':{'last':25},'limit':10}");
    JsonObject first = talk.hear("history");
    assertThat(texts(first)).isEqualTo(IntStream.range(0, 10).mapToObj(i -> "m" + i).toList());
    assertThat(first.getBoolean("complete")).isFalse();
    talk.say(
        new JsonObject()
            .put("type", "history")
            .put("id", "2")
            .put("filter", "plant/a")
            .put("limit", 100)
            .put("start", new JsonObject().put("after", first.getString("position"))));
    JsonObject second = talk.hear(frame -> "2".equals(frame.getString("id")));
    assertThat(texts(second)).isEqualTo(IntStream.range(10, 25).mapToObj(i -> "m" + i).toList());
    assertThat(second.getBoolean("complete")).isTrue();
  }

  private static List<String> texts(JsonObject history) {
    JsonArray messages = history.getJsonArray("messages");
    return messages.stream().map(one -> ((JsonObject) one).getString("text")).toList();
  }

  @Test
  void tellsOfMessagesThatRetentionHasTaken() {
    Talk talk = connected();
    for (int i = 0; i < 200; i++) {
      fixture.publish("a", "m" + i + "x".repeat(1000));
    }
    talk.say("{'type':'history','id':'1','filter':'plant/a','start':{'last':200},'limit':1}");
    String position = talk.hear("history").getString("position");
    int partition = MemoryTopicLog.byHash(3).applyAsInt("a");
    long end = fixture.log.all(new PartitionRef("plant", 1, partition)).get(100).offset();
    fixture.log.trim(new PartitionRef("plant", 1, partition), end);

    talk.say(
        new JsonObject()
            .put("type", "subscribe")
            .put("sub", "s")
            .put("filter", "plant/a")
            .put("start", new JsonObject().put("after", position)));

    assertThat(talk.hear("gap").getString("reason")).isEqualTo("retention");
    talk.hear("caught-up");
    assertThat(talk.texts()).hasSize(100);
  }

  @Test
  void malformedFramesEndOnlyTheirOwnConnection() {
    Talk good = connected();
    assertThat(connected().say("{'type'").closeCode()).isEqualTo(1002);
    assertThat(connected().say("[]").closeCode()).isEqualTo(1002);
    assertThat(connected().say("{'a':".repeat(100)).closeCode()).isEqualTo(1002);
    assertThat(connected().sayBytes(new byte[] {1, 2}).closeCode()).isEqualTo(1003);
    assertThat(connected().say("{'type':'ping','x':'" + "y".repeat(70_000) + "'}").closeCode())
        .isEqualTo(1009);
    Seeds.forEach(
        30,
        random -> {
          StringBuilder frame =
              new StringBuilder(
                  "{\"type\":\"subscribe\",\"sub\":\"s\",\"filter\":\"plant/a\",\"start\":{\"last\":1}}");
          for (int i = random.nextInt(4); i >= 0; i--) {
            frame.setCharAt(random.nextInt(frame.length()), (char) random.nextInt(32, 127));
          }
          Talk talk = connected();
          talk.socket.writeTextMessage(frame.toString());
          talk.say("{'type':'ping','id':'p'}");
          await().until(() -> talk.socket.isClosed() || !talk.all("pong").isEmpty());
          talk.socket.close();
        });
    good.say("{'type':'ping','id':'still'}");
    assertThat(good.hear("pong").getString("id")).isEqualTo("still");
  }

  @Test
  void aNamespaceThatKeepsNothingDeliversWithoutPositions() {
    Talk talk = connected();
    talk.say("{'type':'subscribe','sub':'s','filter':'wire/#'}").hear("caught-up");
    talk.say("{'type':'publish','id':'1','topic':'wire/a','text':'x'}");

    assertThat(talk.hear("published").containsKey("position")).isFalse();
    assertThat(talk.hear("message").containsKey("position")).isFalse();
    assertThat(talk.texts()).containsExactly("x");
  }
}

package io.millrace.catalog;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers what the test says, and remembers what was asked. */
final class FakeStreamCues implements StreamCues {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile Future<Answer> answer =
      Future.succeededFuture(new Done(200, new JsonObject().put("cues", List.of())));

  void answers(Future<Answer> next) {
    answer = next;
  }

  List<String> asked() {
    return asked;
  }

  @Override
  public Future<Answer> ask(Action action, String app, String stream, String id, JsonObject body) {
    asked.add(action + " " + app + "/" + stream + " " + id + " " + body.encode());
    return answer;
  }
}

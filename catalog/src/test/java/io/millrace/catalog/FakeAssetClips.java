package io.millrace.catalog;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What comes of the wish for a clip is what the test says. */
final class FakeAssetClips implements AssetClips {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile Future<Answer> answer = Future.failedFuture("nothing is known");

  void answers(Answer next) {
    answer = Future.succeededFuture(next);
  }

  void fails() {
    answer = Future.failedFuture("nothing is known");
  }

  /** What was asked for: asset, body and key. */
  List<String> asked() {
    return asked;
  }

  @Override
  public Future<Answer> make(String asset, JsonObject body, Optional<String> key) {
    asked.add(asset + " " + body.encode() + key.map(its -> " " + its).orElse(""));
    return answer;
  }
}

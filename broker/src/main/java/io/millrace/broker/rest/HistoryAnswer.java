package io.millrace.broker.rest;

import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Beginning;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Encoding;
import io.millrace.broker.door.Fields.BadFieldException;
import io.millrace.broker.door.History;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Start;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One {@code GET} of messages, at once or after a wait. Belongs to the request's event loop. */
final class HistoryAnswer {
  private static final int LIMIT = 100;
  private static final Set<String> PARAMETERS =
      Set.of("last", "since", "after", "where", "limit", "wait");

  private final DoorLoop loop;
  private final Client client;
  private final HttpServerRequest request;
  private @Nullable Runnable abandon;

  HistoryAnswer(DoorLoop loop, TopicGrant grant, HttpServerRequest request) {
    this.loop = loop;
    this.client = loop.client(TopicsDoor.HTTP, grant, this::grantEnded);
    this.request = request;
  }

  void read(String filter) {
    try {
      Parameters.check(request, PARAMETERS);
    } catch (BadFieldException e) {
      malformed(new Refusal(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage())));
      return;
    }
    String last = request.getParam("last");
    String since = request.getParam("since");
    String after = request.getParam("after");
    String wait = request.getParam("wait");
    long waitMillis = wait == null ? 0 : Durations.millis(wait);
    if (waitMillis < 0) {
      malformed(new Refusal(Refusal.Code.BAD_REQUEST, "wait is a time, for example 30s"));
      return;
    }
    int limit = limit();
    if (limit < 1) {
      malformed(
          new Refusal(Refusal.Code.BAD_REQUEST, "limit is a number from 1 to " + History.MOST));
      return;
    }
    boolean isBare = last == null && since == null && after == null;
    // Who does not say where to begin and does not wait wants to see what there is.
    switch (Beginning.of(isBare && waitMillis == 0 ? "1" : last, since, after)) {
      case Answer.Refused<Start>(Refusal refusal) -> malformed(refusal);
      case Answer.Given<Start>(Start start) ->
          begin(
              new History.Query(
                  filter,
                  start,
                  request.getParam("where"),
                  limit,
                  Math.min(waitMillis, loop.config().maxWait().toMillis())));
    }
  }

  private void begin(History.Query query) {
    abandon = History.read(loop, client, Encoding.JSON, query, this::done);
    if (query.waitMillis() > 0) {
      request.response().closeHandler(closed -> gone());
    }
  }

  private int limit() {
    String limit = request.getParam("limit");
    try {
      int number = limit == null ? LIMIT : Integer.parseInt(limit);
      return number <= History.MOST ? number : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private void gone() {
    if (abandon != null) {
      abandon.run();
    }
    client.close();
  }

  private void done(Answer<History.Page> answer) {
    client.close();
    switch (answer) {
      case Answer.Given<History.Page>(History.Page page) ->
          Exchange.json(request, 200, page.bytes(new JsonObject()));
      case Answer.Refused<History.Page>(Refusal refusal) -> Exchange.refuse(request, refusal);
    }
  }

  private void grantEnded(Refusal refusal) {
    if (abandon != null) {
      abandon.run();
    }
    refuse(refusal);
  }

  private void malformed(Refusal refusal) {
    loop.metrics().refused(TopicsDoor.HTTP, refusal);
    refuse(refusal);
  }

  private void refuse(Refusal refusal) {
    client.close();
    Exchange.refuse(request, refusal);
  }
}

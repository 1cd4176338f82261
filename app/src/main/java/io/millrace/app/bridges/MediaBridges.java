package io.millrace.app.bridges;

import io.millrace.access.AccessDecision;
import io.millrace.access.AccessRequest;
import io.millrace.access.AccessRules;
import io.millrace.access.Action;
import io.millrace.catalog.AssetDirectory;
import io.millrace.edge.PlayAttempt;
import io.millrace.edge.PlayAuthorizer;
import io.millrace.edge.PlayDecision;
import io.millrace.edge.Upstream;
import io.millrace.edge.UpstreamResponse;
import io.millrace.ingest.PublishAuthorizer;
import io.millrace.ingest.PublishDecision;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.StreamKey;
import io.millrace.media.StreamProfile;
import io.millrace.media.Track;
import io.millrace.packager.MediaReader;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginMount;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.PictureMaker;
import io.millrace.packager.RungMaker;
import io.millrace.transcoding.FileReading;
import io.millrace.transcoding.PictureOutcome;
import io.millrace.transcoding.StillMaker;
import io.millrace.transcoding.Transcoders;
import io.millrace.transcoding.Transcoding;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The ports of the media path's modules, filled by each other and by the access rules. */
public final class MediaBridges {
  /** Stands where a stream's app does. */
  static final String ASSETS = "vod";

  private MediaBridges() {}

  /**
   * The ingest's question, answered by the rules.
   *
   * @param profiles tells what is wanted of a stream that may be published
   */
  public static PublishAuthorizer publishing(
      AccessRules rules, Function<StreamKey, Future<StreamProfile>> profiles) {
    return attempt ->
        rules
            .decide(
                new AccessRequest(
                    Action.PUBLISH,
                    attempt.stream().app(),
                    attempt.stream().stream(),
                    attempt.key(),
                    attempt.protocol(),
                    attempt.peer(),
                    attempt.parameters()))
            .compose(
                decision ->
                    switch (decision) {
                      case AccessDecision.Allowed allowed ->
                          profiles
                              .apply(attempt.stream())
                              .map(
                                  profile ->
                                      new PublishDecision.Allowed(
                                          allowed.tenant(), allowed.key(), profile));
                      case AccessDecision.Refused refused ->
                          Future.succeededFuture(new PublishDecision.Refused(refused.message()));
                    });
  }

  /** The edge's question, answered by the rules. */
  public static PlayAuthorizer playing(AccessRules rules) {
    return attempt ->
        rules
            .decide(
                new AccessRequest(
                    Action.PLAY,
                    attempt.app(),
                    attempt.stream(),
                    attempt.token(),
                    "http",
                    attempt.peer(),
                    Map.of()))
            .map(
                decision ->
                    switch (decision) {
                      case AccessDecision.Allowed allowed -> new PlayDecision.Allowed();
                      case AccessDecision.Refused refused ->
                          new PlayDecision.Refused(statusOf(refused.reason()), refused.message());
                    });
  }

  /**
   * The same where there are recordings: they are as open as the streams that they are of.
   *
   * @param assets tells whose a recording is
   */
  public static PlayAuthorizer playing(AccessRules rules, AssetDirectory assets) {
    PlayAuthorizer streams = playing(rules);
    return attempt ->
        attempt.app().equals(ASSETS)
            ? assets
                .asset(attempt.stream())
                .compose(
                    found ->
                        found.isEmpty()
                            ? Future.succeededFuture(
                                new PlayDecision.Refused(
                                    404, "there is no such recording (any more)"))
                            : streams.authorize(
                                new PlayAttempt(
                                    found.get().app(),
                                    found.get().stream(),
                                    attempt.token(),
                                    attempt.peer())))
            : streams.authorize(attempt);
  }

  private static int statusOf(AccessDecision.Reason reason) {
    return switch (reason) {
      case NO_CREDENTIAL, WRONG_CREDENTIAL, EXPIRED -> 401;
      case NO_SUCH_APP -> 404;
      case NOT_ALLOWED -> 403;
      case UNDECIDED -> 503;
    };
  }

  /** The edge's upstream is the origin in this process. */
  public static Upstream upstream(Origin origin) {
    return request -> {
      Map<String, String> headers = new TreeMap<>();
      request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
      String below = request.path().substring(OriginMount.PREFIX.length());
      return origin
          .answer(new OriginRequest("GET", below, request.query(), headers))
          .map(
              answer -> {
                MultiMap answered = MultiMap.caseInsensitiveMultiMap();
                answer.headers().forEach(answered::set);
                return new UpstreamResponse(answer.status(), answered, answer.body());
              });
    };
  }

  /** Pictures of this node's streams. */
  public static PictureMaker pictures(StillMaker stills) {
    return new PictureMaker() {
      @Override
      public Future<PictureOutcome> jpeg(String source, Track track, Sample keyFrame, int lines) {
        return stills.jpeg(source, track, keyFrame, lines);
      }

      @Override
      public Future<PictureOutcome> tile(String source, Buffer file, int width, int height) {
        return stills.tile(source, file, width, height);
      }

      @Override
      public Future<PictureOutcome> sheet(String source, Buffer planes, int width, int height) {
        return stills.sheet(source, planes, width, height);
      }
    };
  }

  /** Files that are imported are read by the transcoders' program. */
  public static MediaReader files(Transcoders transcoders) {
    return (name, file, context, listener) -> {
      FileReading reading = transcoders.read(name, file, context, listener);
      return new MediaReader.Reading() {
        @Override
        public void pause() {
          reading.pause();
        }

        @Override
        public void resume() {
          reading.resume();
        }

        @Override
        public void close() {
          reading.close();
        }
      };
    };
  }

  /** The packager's rungs are made by the transcoders of this node. */
  public static RungMaker rungs(Transcoders transcoders) {
    return (stream, home, wish, listener) -> {
      Transcoding transcoding = transcoders.start(stream, home, wish, listener);
      return new RungMaker.Making() {
        @Override
        public void accept(MediaEvent event) {
          transcoding.accept(event);
        }

        @Override
        public void startSegment() {
          transcoding.startSegment();
        }

        @Override
        public void close() {
          transcoding.close();
        }
      };
    };
  }
}

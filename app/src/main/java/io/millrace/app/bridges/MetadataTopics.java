package io.millrace.app.bridges;

import io.millrace.broker.TopicMessage;
import io.millrace.broker.TopicReader;
import io.millrace.media.LiveState;
import io.millrace.media.LiveStatus;
import io.millrace.media.LiveStreams;
import io.millrace.media.StreamKey;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.CueReply;
import io.millrace.packager.Cues;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timed metadata from topics: each stream on air has one, and what is published there is told to
 * its viewers at the frame it belongs to. Thread-safe.
 *
 * <pre>
 *   on air ──► follows its topic ──message──► Cues.tell
 *   ended  ──► follows it no more
 * </pre>
 */
public final class MetadataTopics implements AutoCloseable {
  /** The attribute of a CloudEvent that says when, in seconds from the broadcast's first sample. */
  static final String MEDIA_TIME = "ce_mediatime";

  private static final Logger LOGGER = LoggerFactory.getLogger(MetadataTopics.class);
  private static final String TYPE = "ce_type";
  private static final String CONTENT_TYPE = "content-type";
  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);
  private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(1_000_000_000L);

  private final String template;
  private final TopicReader topics;
  private final Cues cues;
  private final Counter told;
  private final Map<StreamKey, Runnable> following = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param template a topic with {@code {app}} and {@code {stream}} in it
   */
  public MetadataTopics(
      String template, TopicReader topics, Cues cues, PrometheusRegistry registry) {
    this.template = template;
    this.topics = topics;
    this.cues = cues;
    this.told =
        Counter.builder()
            .name("millrace_app_topic_metadata_total")
            .help("Messages of topics that were to be timed metadata, by what came of them")
            .labelNames("outcome")
            .register(registry);
    List.of("told", "repeated", "refused").forEach(told::initLabelValues);
  }

  /** Follows the topics of those who are on air, and of those who come. */
  public void start(LiveStreams streams) {
    streams.onState((status, reason) -> changed(status));
    streams.statuses().forEach(this::changed);
  }

  private void changed(LiveStatus status) {
    StreamKey stream = status.broadcast().stream();
    if (status.state() == LiveState.ENDED) {
      Runnable end = following.remove(stream);
      if (end != null) {
        end.run();
      }
    } else if (!closed) {
      following.computeIfAbsent(stream, this::follow);
    }
  }

  private Runnable follow(StreamKey stream) {
    String topic = topic(template, stream);
    int slash = topic.indexOf('/');
    try {
      return topics.follow(
          topic.substring(0, slash),
          topic.substring(slash + 1),
          message -> tell(stream, topic, message));
    } catch (IllegalArgumentException e) {
      LOGGER
          .atWarn()
          .addKeyValue("stream", stream)
          .addKeyValue("topic", topic)
          .addKeyValue("reason", e.getMessage())
          .log("metadata.topic makes no topic of this stream's name");
      return () -> {};
    }
  }

  private static String topic(String template, StreamKey stream) {
    return template.replace("{app}", stream.app()).replace("{stream}", stream.stream());
  }

  /** Completes when the stream has it, so that no more wait for that than the reader allows. */
  private Future<?> tell(StreamKey stream, String topic, TopicMessage message) {
    Optional<MetadataRequest> request = request(topic, message);
    if (request.isEmpty()) {
      refused(stream, topic, MEDIA_TIME + " is no number of seconds");
      return Future.succeededFuture();
    }
    return cues.tell(stream, request.get())
        .onSuccess(
            reply -> {
              switch (reply) {
                case CueReply.Done<?> done ->
                    told.labelValues(done.isNew() ? "told" : "repeated").inc();
                case CueReply.Refused<?> no -> refused(stream, topic, no.words());
              }
            })
        .onFailure(failure -> refused(stream, topic, String.valueOf(failure.getMessage())));
  }

  private void refused(StreamKey stream, String topic, String reason) {
    told.labelValues("refused").inc();
    LOGGER
        .atDebug()
        .addKeyValue("stream", stream)
        .addKeyValue("topic", topic)
        .addKeyValue("reason", reason)
        .log("a message is not told to viewers");
  }

  /**
   * What a message asks for: its text with its type, or its bytes with the topic as their owner;
   * empty when it says no time that can be. The same message again is told once.
   */
  static Optional<MetadataRequest> request(String topic, TopicMessage message) {
    Optional<CueTime> time = time(message.headers().get(MEDIA_TIME));
    String type = message.headers().getOrDefault(CONTENT_TYPE, "text/plain");
    TimedMetadata.Content content =
        type.startsWith("text/") || type.startsWith("application/json")
            ? new TimedMetadata.Text(
                message.headers().getOrDefault(TYPE, topic),
                message.payload().toString(StandardCharsets.UTF_8))
            : new TimedMetadata.Private(topic, message.payload());
    OptionalLong id =
        message
            .id()
            .map(text -> OptionalLong.of(crc(topic + " " + text)))
            .orElseGet(OptionalLong::empty);
    return time.map(at -> new MetadataRequest(id, at, Optional.empty(), content));
  }

  private static Optional<CueTime> time(@Nullable String seconds) {
    if (seconds == null) {
      return Optional.of(new CueTime.NextCut());
    }
    try {
      BigDecimal value = new BigDecimal(seconds.strip());
      return value.signum() < 0 || value.compareTo(MOST_SECONDS) > 0
          ? Optional.empty()
          : Optional.of(new CueTime.Media(value.multiply(NANOS).longValue()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static long crc(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  @Override
  public void close() {
    closed = true;
    following.values().forEach(Runnable::run);
    following.clear();
  }
}

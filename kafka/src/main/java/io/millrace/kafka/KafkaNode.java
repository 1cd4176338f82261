package io.millrace.kafka;

import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.QuorumConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker and its controller, as {@code KafkaRaftServer} makes them, but on sockets of our own:
 * that class opens its own. Controller first, and stopped last.
 */
final class KafkaNode {
  private static final Logger LOGGER = LoggerFactory.getLogger(KafkaNode.class);

  private final ControllerServer controller;
  private final BrokerServer broker;
  private final int port;

  private KafkaNode(ControllerServer controller, BrokerServer broker, int port) {
    this.controller = controller;
    this.broker = broker;
    this.port = port;
  }

  /** Blocks until clients are served. */
  static KafkaNode start(KafkaSettings settings) throws KafkaFailure {
    ListenerSockets sockets = ListenerSockets.bind(settings);
    LogDirectory directory = new LogDirectory(settings.directory());
    directory.prepare();
    Properties properties = BrokerProperties.of(settings, sockets::port);
    try {
      KafkaNode node =
          make(
              KafkaConfig.fromProps(properties, false),
              sockets,
              sockets.port(BrokerProperties.INTERNAL));
      node.controller.startup();
      node.broker.startup();
      return node;
    } catch (Exception e) {
      // Also checked ones: Kafka is written in a language that declares none.
      throw new KafkaFailure(why(e, directory), "Kafka cannot start: " + e, e);
    }
  }

  /** Where clients of this machine reach it. */
  int port() {
    return port;
  }

  /** Writes what is to be written and ends; blocks for half a second or so. */
  void stop() {
    try {
      broker.shutdown();
    } finally {
      controller.shutdown();
    }
  }

  void awaitStop() {
    broker.awaitShutdown();
    controller.awaitShutdown();
  }

  private static KafkaNode make(KafkaConfig config, ListenerSockets sockets, int port) {
    var formatted = KafkaRaftServer.initializeLogDirs(config, LOGGER, "");
    Metrics metrics =
        Server.initializeMetrics(config, Time.SYSTEM, formatted._1().clusterId().orElseThrow());
    SharedServer shared =
        new SharedServer(
            config,
            formatted._1(),
            Time.SYSTEM,
            metrics,
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            List.of(),
            new StandardFaultHandlerFactory(),
            sockets);
    return new KafkaNode(
        new ControllerServer(shared, KafkaRaftServer.configSchema(), formatted._2()),
        new BrokerServer(shared),
        port);
  }

  /** By its words: Kafka has one exception for all of it. */
  private static ExitStatus why(Throwable failure, LogDirectory directory) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String words = String.valueOf(cause.getMessage());
      if (words.contains("meta.properties") || words.contains("metadata.version")) {
        return ExitStatus.FORMAT;
      }
    }
    return directory.judge();
  }
}

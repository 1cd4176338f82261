package io.millrace.broker.kafka;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of a cluster, broker and controller: {@code main FILE CLUSTER-ID USER PASSWORD}, with
 * Kafka's own properties in the file. Says {@code ready} and serves until it is killed.
 */
final class ClusterNode {
  private ClusterNode() {}

  public static void main(String[] args) throws Exception {
    System.setProperty("logback.configurationFile", "io/millrace/kafka/logback.xml");
    Logger logger = LoggerFactory.getLogger(ClusterNode.class);
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(args[0]))) {
      properties.load(reader);
    }
    format(properties, args[1], args[2], args[3]);
    KafkaConfig config = KafkaConfig.fromProps(properties, false);
    var formatted = KafkaRaftServer.initializeLogDirs(config, logger, "");
    SharedServer shared =
        new SharedServer(
            config,
            formatted._1(),
            Time.SYSTEM,
            Server.initializeMetrics(config, Time.SYSTEM, args[1]),
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            List.of(),
            new StandardFaultHandlerFactory(),
            (listener, address, backlog, receiveBuffer) -> {
              // Beside the socket that keeps the port for this process.
              ServerSocketChannel socket = ServerSocketChannel.open();
              socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
              socket.bind(address, backlog);
              socket.configureBlocking(false);
              return socket;
            });
    new ControllerServer(shared, KafkaRaftServer.configSchema(), formatted._2()).startup();
    BrokerServer broker = new BrokerServer(shared);
    broker.startup();
    System.out.println("ready");
    System.out.flush();
    broker.awaitShutdown();
  }

  private static void format(Properties properties, String cluster, String user, String password)
      throws Exception {
    String directory = properties.getProperty("log.dirs");
    new Formatter()
        .setClusterId(cluster)
        .setNodeId(Integer.parseInt(properties.getProperty("node.id")))
        .addDirectory(directory)
        .setMetadataLogDirectory(directory)
        .setControllerListenerName("CONTROLLER")
        .setHasDynamicQuorum(false)
        .setScramArguments(List.of("SCRAM-SHA-512=[name=%s,password=%s]".formatted(user, password)))
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .run();
  }
}

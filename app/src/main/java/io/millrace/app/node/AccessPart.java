package io.millrace.app.node;

import io.millrace.access.AccessRules;
import io.millrace.access.AdministratorRules;
import io.millrace.access.CredentialRules;
import io.millrace.access.JwtRules;
import io.millrace.access.StaticKeyRules;
import io.millrace.access.StaticTopicKeys;
import io.millrace.access.TopicKeys;
import io.millrace.access.TopicRules;
import io.millrace.app.bridges.Administration;
import io.millrace.app.bridges.CallbackRules;
import io.millrace.app.bridges.OwnPublisher;
import io.millrace.broker.Administrators;
import io.millrace.catalog.LocalCredential;
import io.millrace.children.DataDirectory;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who decides on this node: the customer's callback where there is one, else the catalogue, else
 * the settings; and who administers.
 */
final class AccessPart {
  private final NodeSettings settings;
  private final @Nullable CatalogPart catalog;
  private final Optional<JwtRules> tokens;
  private final InstantSource clock;
  private final Optional<CallbackRules> callback;
  private final Administration administration;

  /**
   * Blocks on the data directory.
   *
   * @param catalog null on a node without one
   * @param tokens empty where none are taken
   */
  AccessPart(
      Vertx vertx,
      NodeSettings settings,
      DataDirectory data,
      @Nullable CatalogPart catalog,
      Optional<JwtRules> tokens,
      InstantSource clock) {
    this.settings = settings;
    this.catalog = catalog;
    this.tokens = tokens;
    this.clock = clock;
    this.callback = settings.access().callback().map(its -> new CallbackRules(vertx, its, clock));
    this.administration =
        catalog == null ? onThisMachine(settings, data) : Administration.of(catalog.signIns());
  }

  private static Administration onThisMachine(NodeSettings settings, DataDirectory data) {
    try {
      return Administration.of(LocalCredential.write(data), settings.http().trustedProxies());
    } catch (IOException e) {
      throw Waiting.failed("data.dir", e);
    }
  }

  /**
   * Who may publish and play.
   *
   * @param own lets this process publish
   */
  AccessRules media(Optional<OwnPublisher> own) {
    AccessRules rules =
        callback.isPresent()
            ? callback.get()
            : catalog != null
                ? catalog.rules()
                : new StaticKeyRules(settings.access().apps(), tokens, clock);
    return own.map(publisher -> publisher.before(rules)).orElse(rules);
  }

  /** Who may do what with topics. */
  TopicRules topics() {
    return new AdministratorRules(
        administration.tokens(), callback.isPresent() ? callback.get() : byCredential());
  }

  private TopicRules byCredential() {
    TopicKeys keys =
        catalog != null ? catalog.topicKeys() : new StaticTopicKeys(settings.access().publishKey());
    return new CredentialRules(settings.access(), tokens, keys, clock);
  }

  /** Who may change namespaces. */
  Administrators administrators() {
    return administration.administrators();
  }
}

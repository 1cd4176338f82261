package io.millrace.broker.door;

import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.publish.Publisher;
import java.util.Optional;

/** The namespaces that this node serves. Thread-safe; quick, for it is asked for each publish. */
@FunctionalInterface
public interface Namespaces {
  /** The one of this name, where it is served now. */
  Optional<Served> find(String name);

  /** A namespace and the way into it. */
  record Served(OpenNamespace namespace, Publisher publisher) {}
}

/** Namespaces: what each promises of its messages, and who keeps the list of them. */
@NullMarked
package io.millrace.broker.namespace;

import org.jspecify.annotations.NullMarked;

/**
 * The public listener of a node and the conventions of everything behind it: mounts, TLS, limits,
 * problem documents and the OpenAPI document. Sees no feature.
 */
@NullMarked
package io.millrace.http;

import org.jspecify.annotations.NullMarked;

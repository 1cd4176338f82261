/** Watches what publishers send, and says in plain words what is wrong with it. */
@org.jspecify.annotations.NullMarked
package io.millrace.media.health;

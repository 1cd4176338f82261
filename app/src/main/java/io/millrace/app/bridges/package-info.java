/** What modules need from each other, handed over: each class joins one port to one provider. */
@NullMarked
package io.millrace.app.bridges;

import org.jspecify.annotations.NullMarked;

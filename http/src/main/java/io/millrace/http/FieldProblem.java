package io.millrace.http;

/**
 * What is wrong with one field of a request, as the member {@code errors} of a problem document has
 * it.
 *
 * @param field a name in the body or query
 * @param detail in words for the user
 */
public record FieldProblem(String field, String detail) {}

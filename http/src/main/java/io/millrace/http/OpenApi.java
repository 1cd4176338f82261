package io.millrace.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts the OpenAPI 3.1 document of a node together from the fragments of its modules. A fragment is
 * a document with only {@code paths}, {@code components} and {@code tags}. Not thread-safe: filled
 * at start, by one thread.
 */
public final class OpenApi {
  public static final String PATH = "/api/v1/openapi.json";

  private final JsonObject info;
  private final JsonObject paths = new JsonObject();
  private final JsonObject components = new JsonObject();
  private final JsonArray tags = new JsonArray();
  private final Map<String, String> owners = new HashMap<>();

  public OpenApi(String title, String version) {
    info = new JsonObject().put("title", title).put("version", version);
  }

  /** Reads a fragment that lies beside a class. */
  public static JsonObject resource(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + name + " beside " + beside.getName());
      }
      return new JsonObject(Buffer.buffer(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DecodeException e) {
      throw new IllegalArgumentException(name + " beside " + beside.getName() + " is not JSON", e);
    }
  }

  /**
   * Adds one module's part.
   *
   * @throws IllegalArgumentException when it says again what another module said (a method of a
   *     path, a component), or holds a key that no fragment has
   */
  public OpenApi add(String module, JsonObject fragment) {
    for (Map.Entry<String, Object> part : fragment) {
      switch (part.getKey()) {
        case "paths" -> merge(module, "paths", (JsonObject) part.getValue(), paths);
        case "components" -> merge(module, "components", (JsonObject) part.getValue(), components);
        case "tags" ->
            ((JsonArray) part.getValue()).forEach(tag -> addTag(module, (JsonObject) tag));
        default ->
            throw new IllegalArgumentException(
                "OpenAPI fragment of " + module + ": unknown key '" + part.getKey() + "'");
      }
    }
    return this;
  }

  /** Everything so far. */
  public JsonObject document() {
    return new JsonObject()
        .put("openapi", "3.1.0")
        .put("info", info)
        .put("tags", tags)
        .put("paths", paths)
        .put("components", components)
        .copy();
  }

  /** Serves the document as it is now, at {@link #PATH}. */
  public Mount mount() {
    Buffer body = document().toBuffer();
    return new Mount(
        PATH,
        request -> {
          if (!request.method().equals(HttpMethod.GET)
              && !request.method().equals(HttpMethod.HEAD)) {
            request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            Problems.send(
                request, new Problem(405, "method-not-allowed", "This document can only be read"));
            return;
          }
          request
              .response()
              .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
              .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
              .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
          if (request.method().equals(HttpMethod.HEAD)) {
            request.response().end();
          } else {
            request.response().end(body);
          }
        });
  }

  /** Two levels: a path and its methods, a kind of component and its names. */
  private void merge(String module, String where, JsonObject from, JsonObject into) {
    for (Map.Entry<String, Object> outer : from) {
      JsonObject group = into.getJsonObject(outer.getKey());
      if (group == null) {
        group = new JsonObject();
        into.put(outer.getKey(), group);
      }
      for (Map.Entry<String, Object> inner : (JsonObject) outer.getValue()) {
        claim(module, where + "." + outer.getKey() + "." + inner.getKey());
        group.put(inner.getKey(), inner.getValue());
      }
    }
  }

  private void addTag(String module, JsonObject tag) {
    claim(module, "tags." + tag.getString("name"));
    tags.add(tag);
  }

  private void claim(String module, String what) {
    String owner = owners.putIfAbsent(what, module);
    if (owner != null) {
      throw new IllegalArgumentException(
          "OpenAPI: " + what + " comes from " + module + " and from " + owner);
    }
  }
}

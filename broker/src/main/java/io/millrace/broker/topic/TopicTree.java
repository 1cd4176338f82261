package io.millrace.broker.topic;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one namespace by filter, and those of them that a topic concerns. Belongs to
 * one event loop, which alone calls it.
 *
 * <p>Exact filters are a map by path. Filters with wildcards are a tree by level:
 *
 * <pre>
 *   a/+/c  a/#  a/b/+        root ── a ┬─ b ── + : {a/b/+}
 *                                      ├─ + ── c : {a/+/c}
 *                                      └─ (and below) {a/#}
 * </pre>
 *
 * <p>The edges to children of a named level are one map of the whole tree, keyed by the parent's
 * number and the level; {@code +} and {@code #} are fields of the node. A node is there as long as
 * a filter goes through it. A match visits a node at most once and no deeper than {@link
 * TopicNames#MAX_LEVELS}, so hostile filters cost what they have nodes and no more; it allocates
 * nothing once it has found as many before.
 *
 * @param <S> a subscriber; told apart by {@code equals}
 */
public final class TopicTree<S> {
  private final Map<String, Subscribers<S>> exact = new HashMap<>();
  private final Map<LevelKey, Node<S>> children = new HashMap<>();
  private final Node<S> root = new Node<>(0, null, null);
  private final LevelKey lookup = new LevelKey();
  private long lastNumber;
  private int size;
  private int filters;
  private int nodes;

  /** Of the path that is being matched: where its levels begin and end, and their hashes. */
  private final int[] starts = new int[TopicNames.MAX_LEVELS];

  private final int[] ends = new int[TopicNames.MAX_LEVELS];
  private final int[] hashes = new int[TopicNames.MAX_LEVELS];

  /** A stack of what matches that go on have found, so that the tree may change meanwhile. */
  private @Nullable Object[] found = new @Nullable Object[16];

  private int foundCount;

  private static final class Node<S> {
    final long number;
    final @Nullable Node<S> parent;

    /** The edge from the parent; null for a {@code +} and the root. */
    final @Nullable LevelKey key;

    int named;
    @Nullable Node<S> plus;
    @Nullable Subscribers<S> here;
    @Nullable Subscribers<S> hereAndBelow;

    Node(long number, @Nullable Node<S> parent, @Nullable LevelKey key) {
      this.number = number;
      this.parent = parent;
      this.key = key;
    }

    boolean isUnused() {
      return named == 0 && plus == null && here == null && hereAndBelow == null;
    }
  }

  /**
   * Subscribes.
   *
   * @param filter of this tree's namespace
   * @return false when this subscriber has this very filter already
   */
  public boolean add(TopicFilter filter, S subscriber) {
    String path = filter.path();
    Subscribers<S> subscribers;
    if (filter.isExact()) {
      subscribers = exact.computeIfAbsent(path, p -> new Subscribers<>());
    } else {
      Node<S> node = root;
      for (int from = 0; from <= path.length() && !path.startsWith("#", from); ) {
        int end = endOfLevel(path, from);
        node = childMade(node, path, from, end);
        from = end + 1;
      }
      subscribers = made(node, path.endsWith("#"));
    }
    filters += subscribers.isEmpty() ? 1 : 0;
    boolean added = subscribers.add(subscriber);
    size += added ? 1 : 0;
    return added;
  }

  /**
   * Ends a subscription.
   *
   * @return whether it was there
   */
  public boolean remove(TopicFilter filter, S subscriber) {
    String path = filter.path();
    boolean isExact = filter.isExact();
    Node<S> node = isExact ? null : nodeOf(path);
    boolean below = path.endsWith("#");
    Subscribers<S> subscribers =
        isExact ? exact.get(path) : node == null ? null : below ? node.hereAndBelow : node.here;
    if (subscribers == null || !subscribers.remove(subscriber)) {
      return false;
    }
    size--;
    if (subscribers.isEmpty()) {
      filters--;
      if (node == null) {
        exact.remove(path);
      } else {
        if (below) {
          node.hereAndBelow = null;
        } else {
          node.here = null;
        }
        prune(node);
      }
    }
    return true;
  }

  /**
   * Tells of every subscription whose filter matches a path; a subscriber of several such filters
   * is named as often. What is told may change the tree or match again: told are those that were
   * subscribed when the match began, in no particular order.
   *
   * @param path any text; one that {@link TopicNames#pathProblem} refuses matches no exact filter
   * @return how many were told
   */
  public int match(String path, Consumer<? super S> told) {
    int from = foundCount;
    find(path);
    int to = foundCount;
    try {
      for (int i = from; i < to; i++) {
        told.accept(subscriber(i));
      }
    } finally {
      Arrays.fill(found, from, to, null);
      foundCount = from;
    }
    return to - from;
  }

  /** How many subscriptions there are. */
  public int size() {
    return size;
  }

  /** How many different filters somebody has subscribed to. */
  public int filters() {
    return filters;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** How many nodes the tree has below its root. */
  int nodes() {
    return nodes;
  }

  private void find(String path) {
    Subscribers<S> equal = exact.get(path);
    if (equal != null) {
      found(equal);
    }
    if (root.isUnused()) {
      return;
    }
    int levels = 0;
    int from = 0;
    while (from <= path.length() && levels < TopicNames.MAX_LEVELS) {
      int end = endOfLevel(path, from);
      starts[levels] = from;
      ends[levels] = end;
      hashes[levels] = LevelKey.hash(path, from, end);
      levels++;
      from = end + 1;
    }
    // Longer paths go on below the deepest node, where only a '#' can match.
    boolean complete = from > path.length();
    visit(root, path, 0, levels, complete);
  }

  /** Finds what matches below a node that the levels before this one lead to. */
  private void visit(Node<S> node, String path, int level, int levels, boolean complete) {
    boolean wild = level > 0 || !path.startsWith("$");
    if (wild && node.hereAndBelow != null) {
      found(node.hereAndBelow);
    }
    if (level == levels) {
      if (complete && node.here != null) {
        found(node.here);
      }
      return;
    }
    if (wild && node.plus != null) {
      visit(node.plus, path, level + 1, levels, complete);
    }
    if (node.named > 0) {
      int from = starts[level];
      Node<S> child =
          children.get(lookup.set(node.number, path, from, ends[level] - from, hashes[level]));
      if (child != null) {
        visit(child, path, level + 1, levels, complete);
      }
    }
  }

  private void found(Subscribers<S> subscribers) {
    int end = foundCount + subscribers.size();
    if (end > found.length) {
      found = Arrays.copyOf(found, Math.max(end, found.length * 2));
    }
    subscribers.copyTo(found, foundCount);
    foundCount = end;
  }

  private Node<S> childMade(Node<S> node, String path, int from, int end) {
    if (isPlus(path, from, end)) {
      if (node.plus == null) {
        node.plus = new Node<>(++lastNumber, node, null);
        nodes++;
      }
      return node.plus;
    }
    Node<S> child = namedChild(node, path, from, end);
    if (child == null) {
      LevelKey key = lookup.copy();
      child = new Node<>(++lastNumber, node, key);
      children.put(key, child);
      node.named++;
      nodes++;
    }
    return child;
  }

  private @Nullable Node<S> nodeOf(String path) {
    Node<S> node = root;
    for (int from = 0; node != null && from <= path.length() && !path.startsWith("#", from); ) {
      int end = endOfLevel(path, from);
      node = isPlus(path, from, end) ? node.plus : namedChild(node, path, from, end);
      from = end + 1;
    }
    return node;
  }

  private @Nullable Node<S> namedChild(Node<S> node, String path, int from, int end) {
    int hash = LevelKey.hash(path, from, end);
    return children.get(lookup.set(node.number, path, from, end - from, hash));
  }

  private static <S> Subscribers<S> made(Node<S> node, boolean below) {
    Subscribers<S> subscribers = below ? node.hereAndBelow : node.here;
    if (subscribers == null) {
      subscribers = new Subscribers<>();
      if (below) {
        node.hereAndBelow = subscribers;
      } else {
        node.here = subscribers;
      }
    }
    return subscribers;
  }

  private void prune(Node<S> unused) {
    Node<S> node = unused;
    while (node.parent != null && node.isUnused()) {
      Node<S> parent = node.parent;
      nodes--;
      if (node.key == null) {
        parent.plus = null;
      } else {
        children.remove(node.key);
        parent.named--;
      }
      node = parent;
    }
  }

  private static boolean isPlus(String path, int from, int end) {
    return end == from + 1 && path.charAt(from) == '+';
  }

  private static int endOfLevel(String path, int from) {
    int slash = path.indexOf('/', from);
    return slash < 0 ? path.length() : slash;
  }

  @SuppressWarnings("unchecked") // Only subscribers are ever found.
  private S subscriber(int place) {
    return (S) Objects.requireNonNull(found[place]);
  }
}

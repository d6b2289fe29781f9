package interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was checked and how it ended; becomes one line of JSON. */
final class Verdict {
  /** A check that throws has failed. */
  interface Check {
    void run() throws Exception;
  }

  private final List<String> passed = new ArrayList<>();
  private final Map<String, String> failed = new TreeMap<>();
  private final List<String> closed = new ArrayList<>();
  private final Map<String, Integer> files = new TreeMap<>();

  /** Runs a check; a failure is noted and the next check follows. */
  boolean check(String name, Check check) {
    try {
      check.run();
      passed.add(name);
      return true;
    } catch (Exception | LinkageError e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      failed.put(name, why);
      return false;
    }
  }

  /** Notes a file that was read. */
  void read(String name, byte[] content) {
    files.put(name, content.length);
  }

  /** Notes a file that the card keeps to itself. */
  void closed(String name) {
    closed.add(name);
  }

  boolean accepted() {
    return failed.isEmpty() && !passed.isEmpty();
  }

  String toJson(String version, CountingCardService card, long milliseconds) {
    StringBuilder json = new StringBuilder("{");
    json.append("\"version\":").append(quoted(version));
    json.append(",\"passed\":").append(list(passed));
    json.append(",\"failed\":{");
    String comma = "";
    for (Map.Entry<String, String> entry : failed.entrySet()) {
      json.append(comma).append(quoted(entry.getKey())).append(':').append(quoted(entry.getValue()));
      comma = ",";
    }
    json.append("},\"closed\":").append(list(closed));
    json.append(",\"files\":{");
    comma = "";
    for (Map.Entry<String, Integer> entry : files.entrySet()) {
      json.append(comma).append(quoted(entry.getKey())).append(':').append(entry.getValue());
      comma = ",";
    }
    json.append("},\"round_trips\":").append(card.roundTrips());
    json.append(",\"bytes_to_card\":").append(card.sent());
    json.append(",\"bytes_from_card\":").append(card.received());
    json.append(",\"milliseconds\":").append(milliseconds);
    return json.append('}').toString();
  }

  private static String list(List<String> words) {
    StringBuilder json = new StringBuilder("[");
    String comma = "";
    for (String word : words) {
      json.append(comma).append(quoted(word));
      comma = ",";
    }
    return json.append(']').toString();
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}

package standin.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A statement's words: enough of Oracle's lexical rules to find names and keywords safely. */
final class Sql {
    /** What a token is. */
    enum Kind { WORD, QUOTED, STRING, NUMBER, SYMBOL }

    /** A token; {@code text} is a word in upper case, a name without its quotes, or as written. */
    record Token(Kind kind, String text, int start, int end) {
        boolean is(String word) {
            return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equals(word);
        }

        boolean isName() {
            return kind == Kind.WORD || kind == Kind.QUOTED;
        }
    }

    private static final Token END = new Token(Kind.SYMBOL, "", 0, 0);

    final String text;
    final List<Token> tokens;

    Sql(String text) {
        this.text = text;
        this.tokens = List.copyOf(scan(text));
    }

    Token at(int index) {
        return index >= 0 && index < tokens.size() ? tokens.get(index) : END;
    }

    /** Whether these words and symbols are at a place; {@code *} stands for any one token. */
    boolean has(int index, String... words) {
        for (int i = 0; i < words.length; i++) {
            if (index + i >= tokens.size() || !words[i].equals("*") && !at(index + i).is(words[i])) {
                return false;
            }
        }
        return true;
    }

    /** The text from a token to the statement's end. */
    String from(int index) {
        return index < tokens.size() ? text.substring(at(index).start()) : "";
    }

    /** The text of tokens {@code from} to before {@code to}. */
    String between(int from, int to) {
        return from >= to ? "" : text.substring(at(from).start(), at(to - 1).end());
    }

    int find(int from, String... words) {
        for (int i = from; i < tokens.size(); i++) {
            if (has(i, words)) {
                return i;
            }
        }
        return -1;
    }

    /** The place of the bracket that closes the one at {@code open}. */
    int closing(int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            if (at(i).is("(")) {
                depth++;
            } else if (at(i).is(")") && --depth == 0) {
                return i;
            }
        }
        return tokens.size();
    }

    static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** What a string token says. */
    static String unquoted(String literal) {
        return literal.substring(1, literal.length() - 1).replace("''", "'");
    }

    private static List<Token> scan(String text) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = at + 1;
            if (Character.isWhitespace(c)) {
                at = end;
            } else if (text.startsWith("--", at)) {
                int line = text.indexOf('\n', at);
                at = line < 0 ? text.length() : line;
            } else if (text.startsWith("/*", at)) {
                int close = text.indexOf("*/", at + 2);
                at = close < 0 ? text.length() : close + 2;
            } else if (c == '\'' || c == '"') {
                end = quote(text, at, c);
                String inner = text.substring(at, end);
                tokens.add(c == '\'' ? new Token(Kind.STRING, inner, at, end)
                        : new Token(Kind.QUOTED, inner.substring(1, inner.length() - 1).replace("\"\"", "\""), at, end));
                at = end;
            } else if (Character.isLetter(c) || c == '_') {
                while (end < text.length() && isNamePart(text.charAt(end))) {
                    end++;
                }
                tokens.add(new Token(Kind.WORD, text.substring(at, end).toUpperCase(Locale.ROOT), at, end));
                at = end;
            } else if (Character.isDigit(c)) {
                while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
                    end++;
                }
                tokens.add(new Token(Kind.NUMBER, text.substring(at, end), at, end));
                at = end;
            } else {
                tokens.add(new Token(Kind.SYMBOL, String.valueOf(c), at, end));
                at = end;
            }
        }
        return tokens;
    }

    private static int quote(String text, int from, char quote) {
        int at = from + 1;
        while (at < text.length()) {
            if (text.charAt(at) == quote) {
                if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
                    at++;
                } else {
                    return at + 1;
                }
            }
            at++;
        }
        return text.length();
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '#';
    }
}

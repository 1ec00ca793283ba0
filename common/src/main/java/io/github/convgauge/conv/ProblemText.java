package io.github.convgauge.conv;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A problem as one line of text, in benchdnn's descriptor syntax (oneDNN,
 * tests/benchdnn/doc/driver_conv.md): keys with a number each, in any order, underscores between
 * them as one likes, and a name in quotes: {@code g1mb10_ic8ih32iw32_oc16_kh3kw3_sh1sw1_ph0pw0_dh0dw0_n"notebook"}.
 *
 * <ul>
 *   <li>{@code ic}, {@code ih}, {@code oc} and {@code kh} are needed. {@code iw}, {@code kw},
 *       {@code sw}, {@code pw} and {@code dw} follow their {@code h} twin when absent.
 *   <li>Defaults: {@code g1 mb1 sh1 ph0 dh0} (benchdnn's {@code mb} is 2).
 *   <li>{@code ph}, {@code pw} pad top and left; bottom and right get the same, unless {@code oh} or
 *       {@code ow} ask for another output size: the padding at the bottom or right then follows.
 *       {@code ow} follows {@code oh} when absent where all else is square.
 *   <li>The name may carry a multiplicity: {@code n"res2a_branch2b*3"}.
 * </ul>
 */
final class ProblemText {
    private static final Set<String> NUMBERS = Set.of(
            "g", "mb", "ic", "ih", "iw", "oc", "oh", "ow", "kh", "kw", "sh", "sw", "ph", "pw", "dh", "dw");
    private static final Set<String> VOLUMETRIC = Set.of("id", "od", "kd", "sd", "pd", "dd");
    private static final Pattern MULTIPLICITY = Pattern.compile("(.*)\\*(\\d+)");

    private final String text;
    private final Map<String, Integer> values = new HashMap<>();
    private final Map<String, Integer> places = new HashMap<>();
    private String name;
    private int count = 1;

    private ProblemText(String text) {
        this.text = text;
    }

    static ConvProblem parse(String text) {
        if (text.isBlank()) {
            throw new ProblemSyntaxException(text, 1, "the problem is empty");
        }
        return parse(text, Map.of());
    }

    /** With sizes that are known from elsewhere, which the text need not repeat and must not contradict. */
    static ConvProblem parse(String text, Map<String, Long> known) {
        ProblemText parser = new ProblemText(text);
        parser.scan();
        known.forEach(parser::add);
        return parser.build();
    }

    private void add(String key, long size) {
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw error(text.length(), "%s is %d in the data; sizes go from 1 to %d".formatted(key, size, Integer.MAX_VALUE));
        }
        Integer said = values.putIfAbsent(key, (int) size);
        if (said != null && said != size) {
            throw error(places.get(key), "%s%d contradicts the data, where it is %d".formatted(key, said, size));
        }
    }

    private void scan() {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '_' || Character.isWhitespace(c)) {
                at++;
                continue;
            }
            int keyAt = at;
            while (at < text.length() && Character.isLetter(text.charAt(at))) {
                at++;
            }
            String key = text.substring(keyAt, at);
            if (key.isEmpty()) {
                throw error(keyAt, "a key such as ic or kh was expected, not '" + c + "'");
            }
            at = key.equals("n") ? scanName(keyAt, at) : scanNumber(key, keyAt, at);
        }
    }

    private int scanName(int keyAt, int at) {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw error(at, "n is followed by a name in double quotes");
        }
        int end = text.indexOf('"', at + 1);
        if (end < 0) {
            throw error(at, "the name has no closing quote");
        }
        if (name != null) {
            throw error(keyAt, "n is given twice");
        }
        name = text.substring(at + 1, end);
        Matcher times = MULTIPLICITY.matcher(name);
        if (times.matches()) {
            name = times.group(1);
            int countAt = at + 1 + times.start(2);
            count = number("the multiplicity", countAt, times.group(2));
            if (count == 0) {
                throw error(countAt, "the multiplicity is 0; it must be positive");
            }
        }
        return end + 1;
    }

    private int scanNumber(String key, int keyAt, int at) {
        if (VOLUMETRIC.contains(key)) {
            throw error(keyAt, "'" + key + "' belongs to a 3-D convolution; there are only 2-D ones here");
        }
        if (!NUMBERS.contains(key)) {
            for (String first : NUMBERS) {
                if (key.startsWith(first) && isKey(key.substring(first.length()))) {
                    throw error(keyAt + first.length(), "the number after '" + first + "' is missing");
                }
            }
            throw error(keyAt, "unknown key '" + key + "'");
        }
        int end = at;
        if (end < text.length() && text.charAt(end) == '-') {
            end++;
        }
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        String digits = text.substring(at, end);
        if (digits.isEmpty() || digits.equals("-")) {
            throw error(at, "the number after '" + key + "' is missing");
        }
        boolean mayBeZero = key.startsWith("p") || key.startsWith("d");
        if (digits.startsWith("-")) {
            throw error(at, notPositive(key, digits, mayBeZero));
        }
        int value = number("'" + key + "'", at, digits);
        if (value == 0 && !mayBeZero) {
            throw error(at, notPositive(key, digits, false));
        }
        if (values.putIfAbsent(key, value) != null) {
            throw error(keyAt, "'" + key + "' is given twice");
        }
        places.put(key, keyAt);
        return end;
    }

    private static boolean isKey(String key) {
        return NUMBERS.contains(key) || VOLUMETRIC.contains(key) || key.equals("n");
    }

    private static String notPositive(String key, String digits, boolean mayBeZero) {
        return "%s is %s; it must be %s".formatted(key, digits, mayBeZero ? "0 or more" : "positive");
    }

    private int number(String what, int at, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw error(at, "%s is %s; the largest size is %d".formatted(what, digits, Integer.MAX_VALUE));
        }
    }

    private ConvProblem build() {
        int ic = required("ic");
        int ih = required("ih");
        int oc = required("oc");
        int kh = required("kh");
        int iw = values.getOrDefault("iw", ih);
        int kw = values.getOrDefault("kw", kh);
        int sh = values.getOrDefault("sh", 1);
        int sw = values.getOrDefault("sw", sh);
        int ph = values.getOrDefault("ph", 0);
        int pw = values.getOrDefault("pw", ph);
        int dh = values.getOrDefault("dh", 0);
        int dw = values.getOrDefault("dw", dh);
        int g = values.getOrDefault("g", 1);
        boolean square = iw == ih && kw == kh && sw == sh && pw == ph && dw == dh;
        Integer oh = values.get("oh");
        Integer ow = values.containsKey("ow") || !square ? values.get("ow") : oh;
        if (ic % g != 0 || oc % g != 0) {
            throw error(places.get("g"), "g%d groups do not divide ic%d and oc%d".formatted(g, ic, oc));
        }
        Extent vertical = extent('h', ih, kh, sh, ph, dh, oh);
        Extent horizontal = extent('w', iw, kw, sw, pw, dw, ow);
        try {
            return new ConvProblem(
                    g, values.getOrDefault("mb", 1),
                    ic, ih, iw, oc, vertical.out, horizontal.out, kh, kw, sh, sw,
                    ph, pw, vertical.padAfter, horizontal.padAfter, dh, dw, name == null ? "" : name, count);
        } catch (IllegalArgumentException e) {
            throw new ProblemSyntaxException(text, 0, e.getMessage());
        }
    }

    private int required(String key) {
        Integer value = values.get(key);
        if (value == null) {
            throw error(text.length(), "'" + key + "' is missing; ic, ih, oc and kh are needed");
        }
        return value;
    }

    private ProblemSyntaxException error(int at, String what) {
        return new ProblemSyntaxException(text, at + 1, what);
    }

    /** Where a key of one axis stands, or the twin that it follows. */
    private int placeOf(String key, char axis) {
        return places.getOrDefault(key + axis, places.getOrDefault(key + 'h', text.length()));
    }

    /** Output size and padding after the end, of one dimension. */
    private record Extent(int out, int padAfter) {}

    private Extent extent(char axis, long in, long kernel, long stride, long padBefore, long gaps, Integer out) {
        long dilated = (kernel - 1) * (gaps + 1) + 1;
        long symmetric = Math.floorDiv(in + 2 * padBefore - dilated, stride) + 1;
        long padAfter = padBefore;
        if (out == null || out == symmetric) {
            if (in + 2 * padBefore < dilated) {
                throw error(placeOf("k", axis),
                        "the kernel is larger than the padded input: k%c%d with d%c%d spans %d, i%c%d with p%c%d is %d"
                                .formatted(axis, kernel, axis, gaps, dilated, axis, in, axis, padBefore, in + 2 * padBefore));
            }
        } else {
            // The padding that the last output's last tap needs. Where it is negative by less than a
            // stride, the last inputs are left over, as they are without oh.
            long needed = (out - 1) * stride + dilated - in - padBefore;
            if (needed <= -stride) {
                throw error(placeOf("o", axis),
                        "o%c%d would need a negative padding (%d) at the %s"
                                .formatted(axis, out, needed, axis == 'h' ? "bottom" : "right"));
            }
            if (needed > dilated - 1) {
                throw error(placeOf("o", axis),
                        "o%c%d would need a padding of %d at the %s, which is beyond the kernel: the dilated kernel less one is %d"
                                .formatted(axis, out, needed, axis == 'h' ? "bottom" : "right", dilated - 1));
            }
            padAfter = Math.max(0, needed);
        }
        long padded = in + padBefore + padAfter;
        if (padded > Integer.MAX_VALUE) {
            throw error(placeOf("i", axis),
                    "i%c%d with its padding is %d; the largest size is %d".formatted(axis, in, padded, Integer.MAX_VALUE));
        }
        return new Extent(out == null ? (int) symmetric : out, (int) padAfter);
    }

    static String print(ConvProblem p) {
        List<String> parts = new ArrayList<>();
        parts.add("g" + p.g() + "mb" + p.mb());
        parts.add("ic" + p.ic() + "ih" + p.ih() + "iw" + p.iw());
        parts.add("oc" + p.oc() + (p.hasSymmetricPadding() ? "" : "oh" + p.oh() + "ow" + p.ow()));
        parts.add("kh" + p.kh() + "kw" + p.kw());
        parts.add("sh" + p.sh() + "sw" + p.sw());
        parts.add("ph" + p.padTop() + "pw" + p.padLeft());
        parts.add("dh" + p.dh() + "dw" + p.dw());
        // A name that ends like a multiplicity is told from one by having its own.
        boolean times = p.count() > 1 || MULTIPLICITY.matcher(p.name()).matches();
        if (!p.name().isEmpty() || times) {
            parts.add("n\"" + p.name() + (times ? "*" + p.count() : "") + "\"");
        }
        return String.join("_", parts);
    }
}

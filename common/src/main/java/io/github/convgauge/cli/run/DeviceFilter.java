package io.github.convgauge.cli.run;

import io.github.convgauge.worker.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** {@code --device}: those whose name, id or platform a regular expression is found in. */
public final class DeviceFilter {
    private static final String PLATFORM = "platform";

    private final Pattern pattern;
    private final String hostName;

    /**
     * @param regex null for all devices
     * @param hostName what the processor calls itself
     * @throws InputException if it is no regular expression
     */
    public DeviceFilter(String regex, String hostName) {
        this.pattern = regex == null ? null : regex("--device", regex);
        this.hostName = hostName;
    }

    static Pattern regex(String option, String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new InputException("%s '%s' is not a regular expression: %s at index %d"
                    .formatted(option, text, e.getDescription().toLowerCase(Locale.ROOT), e.getIndex()));
        }
    }

    /** Whether the user named devices. */
    public boolean isAsked() {
        return pattern != null;
    }

    public boolean takes(Reply.DeviceInfo device) {
        return pattern == null || handles(device).stream().anyMatch(handle -> pattern.matcher(handle).find());
    }

    /** What a device may be called by: its name first, then its id, then its platform, which others share. */
    List<String> handles(Reply.DeviceInfo device) {
        List<String> handles = new ArrayList<>(List.of(name(device), device.id()));
        if (device.facts().containsKey(PLATFORM)) {
            handles.add(device.facts().get(PLATFORM));
        }
        return handles;
    }

    /** The name that people know a device by; the host's own is in the environment record. */
    public String name(Reply.DeviceInfo device) {
        return device.onHost() ? hostName : device.name();
    }

    /**
     * Makes sure that there is something left.
     *
     * @param devices all that there are
     * @param absent backends that are not there to say what they have
     * @throws InputException with those that there are
     */
    public void requireOneOf(List<Reply.DeviceInfo> devices, List<String> absent) {
        if (devices.stream().noneMatch(this::takes)) {
            throw new InputException("no device matches '%s'; there are %s%s".formatted(
                    pattern,
                    devices.stream().map(this::describe).distinct().collect(Collectors.joining(", ")),
                    absent.isEmpty() ? "" : "; 'convgauge devices' says why %s %s not there".formatted(
                            String.join(", ", absent), absent.size() == 1 ? "is" : "are")));
        }
    }

    /** The regular expression, or "" for all. */
    @Override
    public String toString() {
        return pattern == null ? "" : pattern.pattern();
    }

    private String describe(Reply.DeviceInfo device) {
        List<String> handles = handles(device);
        return "%s (%s)".formatted(handles.getFirst(), String.join(", ", handles.subList(1, handles.size())));
    }
}

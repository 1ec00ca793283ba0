package io.github.convgauge.worker;

import io.github.convgauge.backend.BackendUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file without which a backend's worker would not start, or would start with the wrong thing.
 *
 * @param file that must be there and be readable; a relative one lies in the backend's folder
 * @param matches a regular expression that must be found in it; may be absent
 * @param reason what is wrong where it is not so, one sentence without a full stop
 * @param unset the same for a variable in {@code file} that is not set; absent, the variable is named
 * @param mend what would make it work
 */
public record Need(String file, String matches, String reason, String unset, String mend) {
    /** @throws BackendUnavailableException if it is not met */
    void require(Path folder, LaunchText text) throws BackendUnavailableException {
        Optional<String> missing = text.unset(file);
        if (missing.isPresent()) {
            throw new BackendUnavailableException(
                    unset == null ? missing.get() + " is not set" : text.show(unset), text.show(mend), null);
        }
        Path needed = folder.resolve(text.expand(file));
        if (!Files.isReadable(needed) || (matches != null && !isFoundIn(needed, text))) {
            throw new BackendUnavailableException(text.show(reason), text.show(mend), null);
        }
    }

    private boolean isFoundIn(Path needed, LaunchText text) {
        if (text.unset(matches).isPresent()) {
            return false;
        }
        try {
            String content = new String(Files.readAllBytes(needed), StandardCharsets.UTF_8);
            return Pattern.compile(text.expandIntoRegex(matches)).matcher(content).find();
        } catch (IOException e) {
            return false; // a folder, say, which holds no text
        }
    }
}

package io.github.convgauge.cli;

import io.github.convgauge.measure.Environment;
import picocli.CommandLine.IVersionProvider;

/** The version and the revision that it was built from. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        Environment environment = Environment.capture();
        return new String[] {"convgauge %s, revision %s".formatted(environment.version(), environment.gitRevision())};
    }
}

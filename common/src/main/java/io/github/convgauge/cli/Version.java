package io.github.convgauge.cli;

import io.github.convgauge.measure.Environment;
import picocli.CommandLine.IVersionProvider;

/** The version and the revision that it was built from. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"convgauge " + Environment.projectVersion() + ", revision " + Environment.gitRevision()};
    }
}

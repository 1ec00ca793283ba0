package io.github.convgauge.peers.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.BackendUnavailableException;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Starts the backend where jars are missing, each time in a class loader of its own. */
class MissingLibrariesTest {
    private static final Pattern NATIVES = Pattern.compile("(linux|macosx|windows)-(x86_64|arm64)");

    @Test
    void withoutNativeLibraries() throws Exception {
        Throwable e = startWithout(jar -> NATIVES.matcher(jar).find());
        assertTrue(e.getMessage().startsWith("libtorch does not load on "), e.getMessage());
        assertTrue(mend(e).startsWith("build convgauge on this very platform"), mend(e));
    }

    @Test
    void withoutBindings() throws Exception {
        Throwable e = startWithout(jar -> jar.contains("bytedeco"));
        assertTrue(e.getMessage().contains("bindings of libtorch are not on the class path"), e.getMessage());
        assertTrue(mend(e).startsWith("build convgauge anew"), mend(e));
    }

    private static Throwable startWithout(Predicate<String> missing) throws Exception {
        List<URL> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!missing.test(entry)) {
                URI place = new File(entry).toURI();
                path.add(place.toURL());
            }
        }
        try (URLClassLoader loader = new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            Object backend = loader.loadClass(PytorchBackend.class.getName()).getConstructor().newInstance();
            InvocationTargetException e = assertThrows(
                    InvocationTargetException.class,
                    () -> backend.getClass().getMethod("start").invoke(backend));
            assertEquals(BackendUnavailableException.class.getName(), e.getCause().getClass().getName(), "" + e.getCause());
            return e.getCause();
        }
    }

    private static String mend(Throwable e) throws Exception {
        return (String) e.getClass().getMethod("mend").invoke(e);
    }
}

package io.github.convgauge.clblast;

import io.github.convgauge.cl.Cl;
import java.util.Map;

/** What CLBlast's functions return: OpenCL's codes, and some of their own (clblast_c.h, CLBlastStatusCode). */
final class Status {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(-1007, "CLBlastInsufficientMemoryY"),
            Map.entry(-1008, "CLBlastInsufficientMemoryX"),
            Map.entry(-1009, "CLBlastInsufficientMemoryC"),
            Map.entry(-1010, "CLBlastInsufficientMemoryB"),
            Map.entry(-1011, "CLBlastInsufficientMemoryA"),
            Map.entry(-1014, "CLBlastInvalidLeadDimC"),
            Map.entry(-1015, "CLBlastInvalidLeadDimB"),
            Map.entry(-1016, "CLBlastInvalidLeadDimA"),
            Map.entry(-1017, "CLBlastInvalidDimension"),
            Map.entry(-1020, "CLBlastInvalidMatrixC"),
            Map.entry(-1021, "CLBlastInvalidMatrixB"),
            Map.entry(-1022, "CLBlastInvalidMatrixA"),
            Map.entry(-1024, "CLBlastNotImplemented"),
            Map.entry(-2039, "CLBlastUnexpectedError"),
            Map.entry(-2040, "CLBlastUnknownError"),
            Map.entry(-2041, "CLBlastDatabaseError"),
            Map.entry(-2044, "CLBlastNoDoublePrecision"),
            Map.entry(-2046, "CLBlastInvalidLocalMemUsage"),
            Map.entry(-2049, "CLBlastInvalidBatchCount"),
            Map.entry(-2050, "CLBlastInsufficientMemoryTemp"));

    private Status() {}

    /** What a return code means: {@code CLBlastInsufficientMemoryA (-1011)}. */
    static String name(int code) {
        return NAMES.containsKey(code) ? "%s (%d)".formatted(NAMES.get(code), code) : Cl.name(code);
    }
}

package io.github.convgauge.report;

import io.github.convgauge.check.Agreement;
import io.github.convgauge.check.Status;
import java.util.Map;

/** Rows to print and write. */
final class Rows {
    static final String PROBLEM = "g1mb10_ic8ih32iw32_oc16_kh3kw3_sh1sw1_ph0pw0_dh0dw0_n\"notebook\"";

    static final String DEVICE = "pthread-skylake-avx512-AMD EPYC";

    private Rows() {}

    static ResultRow timed(String algorithm, boolean settled, String reason) {
        return timed(PROBLEM, algorithm, "hot", settled, reason);
    }

    static ResultRow timed(String problem, String algorithm, String cache, boolean settled, String reason) {
        return new ResultRow(
                ResultRow.SCHEMA, "20260101T000000Z", problem, "notebook", "f64", "cpu", "Some CPU", "host", algorithm, 1, "eager", "reused", cache,
                null, "default", Status.PASSED, reason, "scripts/convgauge run --algorithm " + algorithm,
                new Agreement("repeat", 0.0123, 1e-16, 1e-13, 1.5, 2e-13), null,
                new ResultRow.Time(
                        1_234_567.0, 12_300.0, 1_200_000.0, new double[] {1.2e6, 1.3e6}, 50, 2, settled, 98_765_432, 1.0),
                16.8, 42.0, 40.0, 43.0, 41.0, 12.5, 2.5, new double[] {2.4, 2.6}, null, null, null, null, null, null, null,
                Map.of("gemm", 5L), Map.of("seed", 42));
    }

    /** A row on a device; the figures of its twin are 2.5x in all and, where there is a kernel time, 2.1x in the kernel. */
    static ResultRow onDevice(String backend, String algorithm, double medianNs, String twin, Map<String, Long> stages) {
        return onDevice(DEVICE, backend, algorithm, medianNs, twin, stages);
    }

    /** @param device what the backend calls it; the hardware is the same whatever that is */
    static ResultRow onDevice(
            String device, String backend, String algorithm, double medianNs, String twin, Map<String, Long> stages) {
        return onDevice(device, backend, algorithm, medianNs, null, twin, 2.5, 2.1, stages);
    }

    static ResultRow onDevice(
            String device, String backend, String algorithm, double medianNs, String kernelsOf, String twin, double vsTwin,
            double kernelVsTwin, Map<String, Long> stages) {
        Long kernel = stages.get("kernel");
        return new ResultRow(
                ResultRow.SCHEMA, "20260101T000000Z", PROBLEM, "notebook", "f32", backend, device, DEVICE + "#0", algorithm, null,
                "resident", "reused", "hot", null, "default", Status.PASSED, null, "scripts/convgauge run --device x",
                new Agreement("repeat", 0.0123, 1e-16, 1e-13, 1.5, 2e-13), "it took 5 ns",
                new ResultRow.Time(medianNs, 1.0, medianNs, new double[] {medianNs, medianNs}, 50, 2, true, 98_765_432, 1.0),
                16.8, 42.0, 40.0, 43.0, 41.0, 12.5, 2.5, new double[] {2.4, 2.6},
                kernelsOf, twin, twin == null ? null : vsTwin, twin == null ? null : new double[] {2.4, 2.6},
                kernel, kernel == null ? null : 54.3, twin == null || kernel == null ? null : kernelVsTwin,
                stages, Map.of("seed", 42));
    }

    static ResultRow untimed(String algorithm, Status status, String reason) {
        return new ResultRow(
                ResultRow.SCHEMA, "20260101T000000Z", PROBLEM, "notebook", "f64", "cpu", null, null, algorithm, 2, null, null, "hot", null, null,
                status, reason, "scripts/convgauge run --backend cpu", null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                Map.of(), Map.of());
    }
}

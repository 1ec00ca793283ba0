package io.github.convgauge.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.github.convgauge.backend.Device;
import io.github.convgauge.check.Agreement;
import io.github.convgauge.check.Status;
import java.util.Map;

/**
 * One line of the results. The JSON Schema beside this class (result-row.schema.json) describes each
 * field. Every field is always there; what does not apply is null.
 *
 * @param run the same for all rows of one run
 * @param problem canonical form
 * @param device its name
 * @param hardware the same in rows of two backends exactly if they mean the same hardware
 * @param algorithm {@code *} where a backend is not there to say what it has
 * @param threads null on a device, which takes none
 * @param output whose memory the result was written to; null where the backend is not there, and in files from before there was a choice
 * @param variant block sizes, vector widths and the like; null for the backend's default
 * @param variantSource who chose the variant: {@code default}, {@code tuned} or {@code asked}; null where the backend is not there, and
 *     in files from before there was a choice
 * @param reason why the status is not PASSED, or what else there is to know
 * @param repeat the command that repeats the row alone
 * @param proof what shows that the device did it, in words
 * @param gflops billions of the direct convolution's operations in a second, by the median time
 * @param percentOfPeak share of the peak loop's rate in the same rounds, medians on both sides
 * @param peakGflops the peak loop's rate, by the median of its executions
 * @param bestPercentOfPeak the operations over the shortest time, as a share of {@code peakBestGflops}: what the row reaches
 *     when nothing disturbs it; null in files from before it was there, as {@code peakBestGflops}
 * @param peakBestGflops the peak loop's rate, by the shortest of its executions in the same rounds
 * @param copyGbytes billions of bytes that a copy between arrays which no cache holds reads and writes in a second on the
 *     device, with as many threads; measured once in a run
 * @param vsPytorch this row's time over PyTorch's (notebook way): below 1 is faster
 * @param kernelsOf the algorithm of the twin whose very kernels this row launches through its own runtime; null where
 *     its kernels are its own
 * @param twin the backend whose row of the same algorithm, or of {@code kernelsOf}, and of the same regime and
 *     hardware this one is compared with
 * @param vsTwin this row's time over the twin's, in the same rounds
 * @param kernelNs all kernels together, by the device's own clock
 * @param kernelPercentOfPeak share of the peak loop's rate that the kernels alone reach
 * @param kernelVsTwin this row's kernel time over the twin's
 * @param stages nanoseconds by stage, from a run of its own; {@code prepare} is the laying out
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({
    "schema", "run", "problem", "name", "dtype", "backend", "device", "hardware", "algorithm", "threads", "regime", "output",
    "cache", "variant", "variant_source",
    "status", "reason", "repeat"
})
public record ResultRow(
        int schema,
        String run,
        String problem,
        String name,
        String dtype,
        String backend,
        String device,
        String hardware,
        String algorithm,
        Integer threads,
        String regime,
        String output,
        String cache,
        String variant,
        String variantSource,
        Status status,
        String reason,
        String repeat,
        Agreement agreement,
        String proof,
        Time time,
        Double gflops,
        Double percentOfPeak,
        Double peakGflops,
        Double bestPercentOfPeak,
        Double peakBestGflops,
        Double copyGbytes,
        Double vsPytorch,
        @JsonProperty("vs_pytorch_iqr") double[] vsPytorchIqr,
        String kernelsOf,
        String twin,
        Double vsTwin,
        @JsonProperty("vs_twin_iqr") double[] vsTwinIqr,
        Long kernelNs,
        Double kernelPercentOfPeak,
        Double kernelVsTwin,
        Map<String, Long> stages,
        Map<String, Object> env) {

    /** The version of this format. */
    public static final int SCHEMA = 1;
    /** The reason of a row that is right but whose times were not steady when sampling began. */
    public static final String NEVER_SETTLED = "the warm-up never settled";

    /** Whether the tuning cache chose its variant, the default perhaps. */
    public boolean wasTuned() {
        return "tuned".equals(variantSource);
    }

    /** Whether it was computed on a device other than the processor that the JVM runs on. */
    public boolean onDevice() {
        return hardware != null && !hardware.equals(Device.HOST_ID);
    }

    /**
     * The times of one execution, in nanoseconds.
     *
     * @param ci95Ns bootstrap 95 % interval of the median: low, high
     * @param settled whether the warm-up reached a steady state
     * @param firstNs the first execution alone
     * @param cores processor time over wall time while timed, or null where it was not measured
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Time(
            Double medianNs,
            Double iqrNs,
            Double minNs,
            @JsonProperty("ci95_ns") double[] ci95Ns,
            int samples,
            int outliers,
            Boolean settled,
            long firstNs,
            Double cores) {}
}

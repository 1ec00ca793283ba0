package io.github.convgauge.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** What the client asks of a worker: one JSON object a line. {@link Reply} has the answers. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
    @JsonSubTypes.Type(Request.Hello.class),
    @JsonSubTypes.Type(Request.Variants.class),
    @JsonSubTypes.Type(Request.Open.class),
    @JsonSubTypes.Type(Request.OpenPeak.class),
    @JsonSubTypes.Type(Request.Copy.class),
    @JsonSubTypes.Type(Request.OpenMany.class),
    @JsonSubTypes.Type(Request.CheckMany.class),
    @JsonSubTypes.Type(Request.Check.class),
    @JsonSubTypes.Type(Request.Warm.class),
    @JsonSubTypes.Type(Request.Sample.class),
    @JsonSubTypes.Type(Request.Verify.class),
    @JsonSubTypes.Type(Request.Profile.class),
    @JsonSubTypes.Type(Request.Kernels.class),
    @JsonSubTypes.Type(Request.Release.class)
})
public sealed interface Request {
    /** Start the backend and say what it has; answered by {@link Reply.Welcome}. */
    @JsonTypeName("hello")
    record Hello() implements Request {}

    /** The variants of a row that are worth timing; answered by {@link Reply.Variants}. */
    @JsonTypeName("variants")
    record Variants(
            String problem, String dtype, String device, String algorithm, String regime, String output, int threads)
            implements Request {}

    /**
     * Lay out one row under a number of the client's choice; answered by {@link Reply.Opened}.
     *
     * @param variant one of those, or "" for the backend's default
     */
    @JsonTypeName("open")
    record Open(
            int row, String problem, String dtype, String device, String algorithm, String regime, String output,
            int threads, DataSource data, String variant) implements Request {}

    /** The peak loop of a device under a number; answered by {@link Reply.PeakOpened}. */
    @JsonTypeName("open_peak")
    record OpenPeak(int row, String dtype, String device, int threads) implements Request {}

    /** Time a copy in a device's memory; answered by {@link Reply.Copied}. */
    @JsonTypeName("copy")
    record Copy(String device, int threads) implements Request {}

    /**
     * Lay out many convolutions of one problem on small integers, for one execution; answered by
     * {@link Reply.Opened}.
     *
     * @param grouping label of the {@link io.github.convgauge.backend.Grouping}
     * @param seed of the integers
     */
    @JsonTypeName("open_many")
    record OpenMany(
            int row, String problem, String dtype, String device, String algorithm, int count, String grouping, long seed)
            implements Request {}

    /**
     * Execute many convolutions, and compare every one of their outputs; answered by {@link Reply.Checked}.
     *
     * @param exactReference file of the reference of the integer operands
     */
    @JsonTypeName("check_many")
    record CheckMany(int row, String exactReference) implements Request {}

    /**
     * Execute for the first time, and pass or fail the tiers; answered by {@link Reply.Checked}.
     *
     * @param reference file of the row's reference
     * @param exactReference file of the reference of the integer operands, or null to skip that tier
     * @param exactSeed their seed
     * @param keepOutput file to write the raw output to, or null
     * @param yardstickOutput file with the raw output of the yardstick to compare with, or null
     * @param save .npy file to write the output to, or null
     */
    @JsonTypeName("check")
    record Check(
            int row, String reference, String exactReference, long exactSeed,
            String keepOutput, String yardstickOutput, String save) implements Request {}

    /** Execute until the times are steady; answered by {@link Reply.Warmed}. */
    @JsonTypeName("warm")
    record Warm(int row, long capNanos) implements Request {}

    /**
     * One slice of an interleaved round; answered by {@link Reply.Sampled}.
     *
     * @param cold whether the caches are emptied before each execution
     */
    @JsonTypeName("sample")
    record Sample(int row, long minNanos, int minSamples, long rewarmNanos, boolean cold) implements Request {}

    /** Execute once more, after the timing; answered by {@link Reply.Verified}. */
    @JsonTypeName("verify")
    record Verify(int row) implements Request {}

    /** Execute once with the stages timed apart; answered by {@link Reply.Profiled}. */
    @JsonTypeName("profile")
    record Profile(int row) implements Request {}

    /** The device kernels of a row that was checked; answered by {@link Reply.Kernels}. */
    @JsonTypeName("kernels")
    record Kernels(int row) implements Request {}

    /** Forget a row; answered by {@link Reply.Released}. */
    @JsonTypeName("release")
    record Release(int row) implements Request {}
}

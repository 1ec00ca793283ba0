package io.github.convgauge.cli.run;

import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.check.Agreement;
import io.github.convgauge.check.Status;
import io.github.convgauge.cli.run.VariantChoice.Choice;
import io.github.convgauge.cli.run.VariantChoice.Source;
import io.github.convgauge.worker.LaunchFile;
import io.github.convgauge.worker.Reply;
import java.util.Map;

/** One algorithm in one regime on one device: what is known of it so far, for one problem, dtype and thread count. */
final class Entrant {
    /** In place of a name, for a backend that is not there to say what it has. */
    static final String ALL_ALGORITHMS = "*";

    private final int id;
    private final Team team;
    private final Reply.DeviceInfo device;
    private final Reply.AlgorithmInfo algorithm;
    private final String regime;
    private final String output;

    private Choice choice = Choice.DEFAULT;
    private String note;
    private int generation;
    private Status status;
    private String reason;
    private Agreement agreement;
    private String proof;
    private Long firstNanos;
    private long prepareNanos;
    private Map<String, Long> stages;

    /** @param device null, as algorithm, regime and output, for a backend that is not there */
    Entrant(int id, Team team, Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm, String regime, String output) {
        this.id = id;
        this.team = team;
        this.device = device;
        this.algorithm = algorithm;
        this.regime = regime;
        this.output = output;
    }

    /** The number under which the worker knows it. */
    int id() {
        return id;
    }

    Team team() {
        return team;
    }

    Reply.DeviceInfo device() {
        return device;
    }

    /** Whether it is given threads; so is a backend that is not there to say what it runs on. */
    boolean isOnHost() {
        return device == null || device.onHost();
    }

    Reply.AlgorithmInfo algorithm() {
        return algorithm;
    }

    String algorithmName() {
        return algorithm == null ? ALL_ALGORITHMS : algorithm.name();
    }

    /** The algorithm of the twin whose kernels it launches, or null. */
    String kernelsOf() {
        return algorithm == null ? null : algorithm.kernelsOf();
    }

    String regime() {
        return regime;
    }

    /** Whose memory its results go to: {@code reused} or {@code fresh}. */
    String output() {
        return output;
    }

    /** Before it is laid out: the variant that it is to be. */
    void choose(Choice variant) {
        choice = variant;
    }

    Choice choice() {
        return choice;
    }

    /** Whether it is to be another variant than the default because the tuning cache says so. */
    boolean isTuned() {
        return choice.source() == Source.TUNED && !choice.variant().equals(Choice.DEFAULT.variant());
    }

    /** Whether it can be timed so: the threads that empty the caches run on the host, and reach no others. */
    boolean canBe(CacheState cache) {
        return isOnHost() || cache == CacheState.HOT;
    }

    boolean isYardstick() {
        LaunchFile.Yardstick yardstick = team.backend().launch().yardstick();
        return yardstick != null && yardstick.algorithm().equals(algorithmName()) && yardstick.regime().equals(regime);
    }

    /**
     * Whether this is what another one is compared with: the same algorithm, or the one whose kernels the
     * other one launches, and regime on the same hardware, of the backend that the other one's names as its twin.
     */
    boolean isTwinOf(Entrant other) {
        return team.backend().name().equals(other.team.backend().launch().twin())
                && algorithmName().equals(other.kernelsOf() == null ? other.algorithmName() : other.kernelsOf())
                && regime.equals(other.regime)
                && device.hardware().equals(other.device.hardware());
    }

    /** False where it is to launch another row's kernels, and that one ran them in another variant. */
    boolean launchesKernelsOf(Entrant twin) {
        return kernelsOf() == null || twin.choice.variant().equals(choice.variant());
    }

    /** Time of all kernels together by the device's own clock, or null where that is not known. */
    Long kernelNanos() {
        Long nanos = stages == null ? null : stages.get(PreparedConv.KERNEL_STAGE);
        return nanos == null || nanos <= 0 ? null : nanos;
    }

    /** Whether the present worker has laid it out. */
    boolean isOpen() {
        return generation == team.generation() && team.isAlive();
    }

    void opened(long nanos) {
        generation = team.generation();
        prepareNanos = nanos;
    }

    void checked(Reply.Checked checked) {
        status = checked.status();
        reason = checked.reason();
        agreement = checked.agreement();
        proof = checked.proof();
        firstNanos = checked.firstNanos();
    }

    void decide(Status decision, String why) {
        status = decision;
        reason = why;
    }

    /** This row in a heat that cannot be run, whatever became of it in others. */
    Entrant unsupported(String why) {
        Entrant same = new Entrant(id, team, device, algorithm, regime, output);
        same.choose(choice);
        same.decide(Status.UNSUPPORTED, why);
        return same;
    }

    /** Something else was executed, and nobody knows since when: neither its times nor its proof are worth anything. */
    void fellBack(String why) {
        decide(Status.FELL_BACK, why);
        firstNanos = null;
        proof = null;
        stages = null;
    }

    /** What stays to be said of it, whatever is decided later. */
    void note(String what) {
        note = what;
    }

    /** Something else that there is to know, whatever became of it. */
    void remark(String what) {
        reason = reason == null ? what : reason + "; " + what;
    }

    void profiled(Map<String, Long> measured) {
        stages = measured;
    }

    /** Null until something is known. */
    Status status() {
        return status;
    }

    String reason() {
        if (note == null) {
            return reason;
        }
        return reason == null ? note : note + "; " + reason;
    }

    Agreement agreement() {
        return agreement;
    }

    /** What shows that its device did it, or null. */
    String proof() {
        return proof;
    }

    Long firstNanos() {
        return firstNanos;
    }

    long prepareNanos() {
        return prepareNanos;
    }

    Map<String, Long> stages() {
        return stages;
    }

    /** Whether its times would mean anything. */
    boolean deservesTiming() {
        return status == Status.PASSED || status == Status.MISTRUSTED;
    }
}

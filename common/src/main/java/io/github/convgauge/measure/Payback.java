package io.github.convgauge.measure;

/**
 * After how many executions a device has made up for what beginning costs more on it than on the CPU: the
 * smallest n with b_d + n·t_d ≤ b_c + n·t_c, where t is the time of a steady execution and b what
 * beginning costs beyond one, on the device and on the CPU.
 *
 * @param kind whether there is a number
 * @param executions n; null where there is none
 * @param fewest n at the ends of the intervals of t that favour the device; null as executions
 * @param most n at the other ends; null as executions
 */
public record Payback(Kind kind, Long executions, Long fewest, Long most) {
    /** Whether there is a number. */
    public enum Kind {
        /** There is. */
        AFTER,
        /** A steady execution is slower on the device, so that there is no gain to pay with. */
        NEVER,
        /** The intervals of the steady times overlap, so that there is no gain that can be told from noise. */
        WITHIN_NOISE
    }

    /**
     * @param deviceStart what beginning costs on the device beyond a steady execution, in nanoseconds
     * @param cpuStart the same on the CPU
     */
    public static Payback of(double deviceStart, Interval device, double cpuStart, Interval cpu) {
        return switch (Standing.of(device, cpu)) {
            case SLOWER -> new Payback(Kind.NEVER, null, null, null);
            case UNCLEAR -> new Payback(Kind.WITHIN_NOISE, null, null, null);
            case FASTER -> {
                double owed = deviceStart - cpuStart;
                yield new Payback(
                        Kind.AFTER, executions(owed, cpu.median() - device.median()),
                        executions(owed, cpu.high() - device.low()), executions(owed, cpu.low() - device.high()));
            }
        };
    }

    private static long executions(double owed, double gain) {
        return Math.max(1, (long) Math.ceil(owed / gain));
    }

    /** For people: {@code 12 (11 to 14)}, {@code never}. */
    public String describe() {
        return switch (kind) {
            case NEVER -> "never";
            case WITHIN_NOISE -> "within noise";
            case AFTER -> fewest.equals(most) ? executions.toString() : "%d (%d to %d)".formatted(executions, fewest, most);
        };
    }
}

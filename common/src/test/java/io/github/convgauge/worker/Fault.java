package io.github.convgauge.worker;

import java.util.Locale;

/** In which way an algorithm of {@link FakeBackend} goes wrong. */
enum Fault {
    /** Not at all. */
    RIGHT,
    /** Not at all, and it writes to fresh outputs, too. */
    RIGHT_ANYWHERE,
    /** Not at all, by the kernels of the twin's "right". */
    RELAYED,
    /** Not at all, but each execution takes 20 ms. */
    SLOW,
    /** The last tap is dropped. */
    WRONG,
    /** The last tap is dropped, of batches of four and more. */
    WRONG_FROM_FOUR,
    /** Right alone; of many convolutions in one submission the second one is never computed. */
    FORGETS_SECOND,
    /** Right the first time that it is laid out and checked, wrong the second time. */
    WRONG_AGAIN,
    /** The first output is not a number. */
    NAN,
    /** The first output is one unit in the last place off: within its bound, but not exact. */
    INEXACT,
    /** The last output is left as it was. */
    UNWRITTEN,
    /** The same of an algorithm that is not exact on integers, so that only real data tell. */
    UNWRITTEN_REAL,
    /** Every output is 1. */
    CONSTANT,
    /** The first output alternates between two neighbours, after the first execution. */
    FLIPS,
    /** Right until it has been executed {@link FakeConv#LATE} times. */
    LATE,
    THROWS,
    THROWS_IN_PREPARE,
    /** Throws when it has been executed {@link FakeConv#LATE} times. */
    THROWS_LATE,
    /** Throws at the execution after the timing, and at none before. */
    THROWS_AT_LAST,
    /** Throws when its stages are to be taken apart. */
    THROWS_IN_PROFILE,
    /** Throws when its kernels are to be shown; on a device. */
    THROWS_IN_KERNELS,
    FALLS_BACK_IN_PREPARE,
    /** At the first execution. */
    FALLS_BACK,
    /** Right in every tier, but nothing shows that the device did it. */
    FALLS_BACK_IN_PROOF,
    /** When it has been executed {@link FakeConv#LATE} times. */
    FALLS_BACK_LATE,
    /** At the execution after the timing, and at none before. */
    FALLS_BACK_AT_LAST,
    FALLS_BACK_IN_PROFILE,
    REFUSES,
    REFUSES_F32,
    /** Made for the first device, and refuses the others. */
    RESERVED,
    /** Ends its process. */
    DIES,
    /** Ends its process when it has been executed {@link FakeConv#LATE} times. */
    DIES_LATE,
    /** Never returns; leaves its marker before. */
    HANGS;

    /** The name of the algorithm. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Fault ofName(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}

package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import java.util.List;
import java.util.stream.Stream;

/** Convolutions whose sizes hurt: lines shorter and longer than a block, all kinds of padding, odd channels, groups. */
final class Grid {
    static final List<ConvProblem> PROBLEMS = Stream.of(
                    "ic1ih1oc1kh1", "ic3ih5oc7kh3ph1", "mb2ic4ih7oc16kh3ph1", "ic5ih9iw16oc17kh3kw2ph1pw0", "mb2ic8ih6oc33kh1",
                    "ic3ih11oc8kh7sh2ph3", "ic2ih9oc5kh3dh1ph2", "g2mb2ic6ih7iw9oc4kh3kw2sh2sw1ph1pw2dh0dw1",
                    "g4ic4ih8oc4kh3ph1", "g17ic17ih6oc17kh3sh2ph1", "g32mb2ic32ih9iw15oc32kh3ph1", "g5ic5ih7oc5kh3ph2dh1",
                    "g3ic3ih5oc6kh3ph1", "ic16ih4iw31oc48kh5kw3ph4pw2", "ic40ih3oc40kh1sh2", "ic64ih7oc32kh3ph1", "ic7ih2iw40oc16kh2kw5ph1pw4",
                    "ic1ih5iw40oc1kh3ph1", "g3mb2ic3ih4iw40oc3kh3ph1", "g3ic3ih3iw18oc3kh3", "g3ic3ih3iw17oc3kh3", "g2ic2ih6iw37oc2kh3kw4ph2pw5dw1",
                    "g6mb2ic6ih5iw21oc6kh2kw3sh2ph1", "g7ic7ih3iw35oc7kh1", "g3ic3ih4iw40oc3kh3sw2ph1", "g5ic5ih4iw300oc5kh1kw1")
            .map(ConvProblem::parse)
            .toList();

    static final List<String> BLOCKINGS = List.of("128b:1x1", "128b:3x2", "256b:5x2", "256b:2x3", "512b:7x2", "512b:4x1", "512b:15x1");

    private Grid() {}

    /** The block, or a shorter one where the line is shorter. */
    static Blocking blocking(String text, Geometry geometry) {
        Blocking blocking = Blocking.parse(text);
        return new Blocking(blocking.bits(), Math.min(blocking.pixels(), geometry.width()), blocking.vectors());
    }
}

package io.github.convgauge.cli.run;

import io.github.convgauge.report.ResultRow;
import io.github.convgauge.tensor.DType;

/**
 * Which row of a sweep it is: there is one of each.
 *
 * @param problem canonical form
 * @param threads null on a device
 */
record SweepKey(String problem, String dtype, Integer threads, String cache, RowKey row) {
    static SweepKey of(ResultRow row) {
        return new SweepKey(row.problem(), row.dtype(), row.threads(), row.cache(), RowKey.of(row));
    }

    /** @param names knows what devices are called */
    static SweepKey of(SweepUnit unit, DType dtype, CacheState cache, Entrant entrant, DeviceFilter names) {
        RowKey row = entrant.device() == null
                ? new RowKey(entrant.team().backend().name(), null, null, entrant.algorithmName(), null, null)
                : RowKey.of(entrant.team().backend(), entrant.device(), entrant.algorithm(), entrant.regime(), entrant.output(), names);
        return new SweepKey(
                unit.problem().toString(), dtype.label(), entrant.isOnHost() ? unit.threads() : null, cache.label(), row);
    }
}

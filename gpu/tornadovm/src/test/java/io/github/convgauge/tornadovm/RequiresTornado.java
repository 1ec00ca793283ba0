package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.check.RequiredLanes;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips a class where TornadoVM finds no device, and says why. Where the environment variable
 * CONVGAUGE_REQUIRE lists {@code tornadovm} the class runs all the same, and so fails.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresTornado.Condition.class)
@interface RequiresTornado {
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (RequiredLanes.requires("tornadovm")) {
                return ConditionEvaluationResult.enabled("CONVGAUGE_REQUIRE asks for tornadovm");
            }
            try (TornadoBackend backend = new TornadoBackend()) {
                backend.start();
                return ConditionEvaluationResult.enabled("TornadoVM has a device");
            } catch (BackendUnavailableException e) {
                return ConditionEvaluationResult.disabled(e.getMessage() + "; " + e.mend());
            }
        }
    }
}

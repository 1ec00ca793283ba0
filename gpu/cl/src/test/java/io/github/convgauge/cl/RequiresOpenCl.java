package io.github.convgauge.cl;

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
 * Skips a class where no OpenCL device is, and says why. Where the environment variable
 * CONVGAUGE_REQUIRE lists {@code opencl} the class runs all the same, and so fails.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresOpenCl.Condition.class)
public @interface RequiresOpenCl {
    /** That there is a device. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (RequiredLanes.requires("opencl")) {
                return ConditionEvaluationResult.enabled("CONVGAUGE_REQUIRE asks for opencl");
            }
            try {
                ClPlatform.devices();
                return ConditionEvaluationResult.enabled("there is an OpenCL device");
            } catch (BackendUnavailableException e) {
                return ConditionEvaluationResult.disabled(e.getMessage() + "; " + e.mend());
            }
        }
    }
}

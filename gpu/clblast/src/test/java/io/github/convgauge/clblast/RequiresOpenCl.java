package io.github.convgauge.clblast;

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
 * Skips a class where no OpenCL device or no CLBlast is, and says why. Where the environment variable
 * CONVGAUGE_REQUIRE lists {@code opencl} the class runs all the same, and so fails, unless it is the
 * platform that CLBlast is not there for.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresOpenCl.Condition.class)
@interface RequiresOpenCl {
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (RequiredLanes.requires("opencl") && NativeLibrary.isForThisPlatform()) {
                return ConditionEvaluationResult.enabled("CONVGAUGE_REQUIRE asks for opencl");
            }
            try (ClBlastBackend backend = new ClBlastBackend()) {
                backend.start();
                return ConditionEvaluationResult.enabled("there is an OpenCL device and CLBlast");
            } catch (BackendUnavailableException e) {
                return ConditionEvaluationResult.disabled(e.getMessage() + "; " + e.mend());
            }
        }
    }
}

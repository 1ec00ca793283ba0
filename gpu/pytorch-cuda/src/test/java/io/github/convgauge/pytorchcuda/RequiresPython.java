package io.github.convgauge.pytorchcuda;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a class where there is no python3, and says so. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresPython.Condition.class)
public @interface RequiresPython {
    /** Whether python3 runs. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                int exit = new ProcessBuilder("python3", "-c", "pass").inheritIO().start().waitFor();
                return exit == 0
                        ? ConditionEvaluationResult.enabled("python3 runs")
                        : ConditionEvaluationResult.disabled("python3 does not run");
            } catch (IOException e) {
                return ConditionEvaluationResult.disabled("there is no python3 on the PATH");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return ConditionEvaluationResult.disabled("interrupted");
            }
        }
    }
}

package io.github.convgauge.report.html;

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
 * Skips a class where there is no browser, and says why. Where the environment variable
 * CONVGAUGE_REQUIRE lists {@code browser} the class runs all the same, and so fails.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresBrowser.Condition.class)
@interface RequiresBrowser {
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (RequiredLanes.requires("browser")) {
                return ConditionEvaluationResult.enabled("CONVGAUGE_REQUIRE asks for browser");
            }
            return Browser.isHere()
                    ? ConditionEvaluationResult.enabled("there are Chromium and chromedriver")
                    : ConditionEvaluationResult.disabled(Browser.ADVICE);
        }
    }
}

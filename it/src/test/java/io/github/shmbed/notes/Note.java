// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.notes;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An observation of the notes that this project grew from, in our words, and what the test below it
 * found.
 */
@Documented
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.METHOD)
@interface Note {
  String claim();

  Verdict verdict();

  String because();

  enum Verdict {
    HOLDS,
    /** What was seen is right, what was concluded from it is not. */
    SEEN_BUT_MISREAD
  }
}

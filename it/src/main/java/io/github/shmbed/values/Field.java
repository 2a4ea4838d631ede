// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

/**
 * One field of a shape.
 *
 * @param type {@code u32 i32 u64 i64 f32 f64 text}, or the name of another shape
 * @param at offset in the image
 * @param room bytes of a text at most; 0 for other types
 * @param count how many of them; 0 where it is no list
 * @param countAt where a list's length stands in the image as a u64; -1 where it does not
 * @param value the only one there is; null for any
 */
public record Field(
    String name, String type, int at, int room, int count, int countAt, Long value) {}

// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import java.util.List;

/**
 * What the values of a message are.
 *
 * @param bytes of an image
 * @param fields in the order in which codecs have them
 */
public record Shape(String name, int bytes, List<Field> fields) {}

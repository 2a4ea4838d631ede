// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that must hold for a run's numbers to be believed. One that does not hold makes the run INVALID: that is shown, and
 * no number is changed because of it.
 *
 * @param text what was compared, with the numbers
 */
public record Check(String bench, String name, boolean holds, String text) {

    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("bench", bench);
        map.put("name", name);
        map.put("verdict", holds ? "VALID" : "INVALID");
        map.put("text", text);
        return map;
    }

    public String line(Terminal terminal) {
        return (holds ? terminal.green("VALID") : terminal.red("INVALID")) + "  " + text;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.Proc;
import io.github.shmbed.registry.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tests run where the set-up has run: nothing that demo needs is missing. */
@DisplayName("doctor")
class DoctorIT {
  private record Said(int exit, String text) {}

  private static final String SKMSG = "channel skmsg";

  private static Said doctor(String... before) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(List.of("./shmbed", "doctor", "--json"));
    Process process =
        new ProcessBuilder(command)
            .directory(Home.find().path().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }

  private static List<Map<String, Object>> items(Said said) {
    return Json.list(Json.parseObject("{\"items\":" + said.text + "}"), "items").stream()
        .map(Json::asObject)
        .toList();
  }

  private static Map<String, Object> item(Said said, String name) {
    Optional<Map<String, Object>> found =
        items(said).stream().filter(item -> item.get("name").equals(name)).findFirst();
    return found.orElseThrow(() -> new AssertionError("no " + name + " in " + said));
  }

  @Test
  @DisplayName("--json: every item has a status, and a remedy unless it is ok")
  void everyItem() throws Exception {
    Said said = doctor();
    assertEquals(0, said.exit, said.text);
    for (Map<String, Object> item : items(said)) {
      String status = String.valueOf(item.get("status"));
      assertTrue(List.of("ok", "limited", "missing").contains(status), item.toString());
      assertFalse(String.valueOf(item.get("name")).isEmpty(), item.toString());
      assertEquals(status.equals("ok"), "".equals(item.get("fix")), item.toString());
      assertEquals(status.equals("ok"), "".equals(item.get("cost")), item.toString());
    }
  }

  @Test
  @DisplayName("without capabilities it says why there is no skmsg, and how to get it")
  void withoutCapabilities() throws Exception {
    boolean root = Proc.uid() == 0;
    Said said = root ? doctor("setpriv", "--bounding-set=-all", "--inh-caps=-all") : doctor();
    Map<String, Object> skmsg = item(said, SKMSG);
    assertEquals("limited", skmsg.get("status"), skmsg.toString());
    assertTrue(String.valueOf(skmsg.get("found")).contains("EPERM"), skmsg.toString());
    String fix = String.valueOf(skmsg.get("fix"));
    assertTrue(
        root ? fix.contains("--cap-add BPF --cap-add NET_ADMIN") : fix.equals("run as root"), fix);
    assertEquals(0, said.exit, "demo does without: " + said.text);
  }

  @ParameterizedTest(name = "what this machine is to have is ok: {0}")
  @CsvSource({"skmsg, channel skmsg", "rtering, DPDK 20.11 or later"})
  void required(String channel, String name) throws Exception {
    String required = System.getenv().getOrDefault("SHMBED_REQUIRE", "");
    assumeTrue(Arrays.asList(required.split(",")).contains(channel));
    assertEquals("ok", item(doctor(), name).get("status"), name);
  }
}

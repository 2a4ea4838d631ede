// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import io.github.shmbed.bench.BenchResult;
import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Check;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;

/** The charts of docs/storage.md, from the results of one run. */
public final class StorageChart {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;
  private static final Color INK = new Color(0x333333);
  private static final Color[] COLOURS = {
    new Color(0x1b6ca8),
    new Color(0xd1495b),
    new Color(0x66a182),
    new Color(0xedae49),
    new Color(0x8d96a3)
  };

  private StorageChart() {}

  /**
   * Writes storage-read.svg, storage-write.svg and storage-process.svg.
   *
   * @param directory made when it is not there
   */
  public static void draw(BenchResult result, Path directory) throws IOException {
    // Nothing of this needs a screen.
    System.setProperty("java.awt.headless", "true");
    Files.createDirectories(directory);
    save(throughput(result.rows(), "read"), directory.resolve("storage-read.svg"));
    save(throughput(result.rows(), "write"), directory.resolve("storage-write.svg"));
    save(process(result.checks()), directory.resolve("storage-process.svg"));
  }

  private static XYChart throughput(List<BenchRow> rows, String operation) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("POSIX shared memory, " + operation + " in C")
            .xAxisTitle("bytes at once, KiB")
            .yAxisTitle("GiB/s")
            .build();
    style(chart.getStyler());
    chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
    double least = Double.MAX_VALUE;
    double most = 0;
    int colour = 0;
    for (Way way : List.of(Way.POSIX_MMAP, Way.POSIX_RW)) {
      for (String state : List.of("warm", "first")) {
        List<Double> sizesKiB = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        for (BenchRow row : rows) {
          if (row.variant().equals(StorageBench.variant("c", way))
              && row.stage().equals(StorageBench.stage(operation, state))) {
            long sizeBytes = (Long) row.parameters().get("sizeBytes");
            sizesKiB.add(sizeBytes / 1024.0);
            rates.add(sizeBytes / row.medianNs().value() * 1e9 / (1L << 30));
          }
        }
        least = rates.stream().mapToDouble(rate -> rate).reduce(least, Math::min);
        most = rates.stream().mapToDouble(rate -> rate).reduce(most, Math::max);
        var series =
            chart.addSeries(
                (way == Way.POSIX_MMAP ? "mmap, " : operation + "(2), ")
                    + (state.equals("warm") ? "warm" : "first touch"),
                sizesKiB,
                rates);
        series.setMarkerColor(COLOURS[colour]);
        series.setLineColor(COLOURS[colour]);
        series.setLineStyle(state.equals("warm") ? SeriesLines.SOLID : SeriesLines.DASH_DASH);
        colour += state.equals("first") ? 1 : 0;
      }
    }
    // Whole decades, so that the axis has numbers.
    chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
    chart.getStyler().setYAxisMax(Math.pow(10, Math.ceil(Math.log10(most))));
    return chart;
  }

  private static CategoryChart process(List<Check> checks) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("One process for each read of 4096 bytes: where its time goes")
            .yAxisTitle("us")
            .build();
    style(chart.getStyler());
    chart.getStyler().setStacked(true).setAvailableSpaceFill(0.6);
    add(chart, "fork, exec", checks, "forkExecNs", COLOURS[4]);
    add(chart, "dynamic linking", checks, "linkingNs", COLOURS[2]);
    add(chart, "main: the read", checks, "mainNs", COLOURS[1]);
    add(chart, "exit", checks, "exitNs", COLOURS[0]);
    return chart;
  }

  private static void add(
      CategoryChart chart, String name, List<Check> checks, String part, Color colour) {
    List<String> programs =
        checks.stream().map(check -> String.valueOf(check.values().get("program"))).toList();
    List<Double> valuesUs =
        checks.stream().map(check -> (Long) check.values().get(part) / 1e3).toList();
    chart.addSeries(name, programs, valuesUs).setFillColor(colour);
  }

  private static void style(AxesChartStyler styler) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    styler
        .setChartBackgroundColor(Color.WHITE)
        .setChartFontColor(INK)
        .setLegendPosition(LegendPosition.OutsideE)
        .setLegendBorderColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setLegendFont(font)
        .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
    styler.setAxisTickLabelsFont(font).setAxisTitleFont(font);
  }

  private static void save(Chart<?, ?> chart, Path file) throws IOException {
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    // Letters are outlines with nine decimals: two are enough, in a quarter of the size.
    Files.writeString(file, Files.readString(file).replaceAll("(\\.\\d\\d)\\d+", "$1"));
  }
}

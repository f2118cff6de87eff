package dev.brink.edge.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What {@link CodecBench} has JMH measure. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBenchmarks {

  /** All of them, unless the command names some. */
  @Param public CodecKind kind;

  private CodecCase work;

  @Setup
  public void prepare() {
    work = CodecCase.of(kind);
  }

  @Benchmark
  public Object brink() throws Exception {
    return work.brink().call();
  }

  @Benchmark
  public Object beside() throws Exception {
    return work.beside().call();
  }
}

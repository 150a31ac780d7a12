using System.Collections.Immutable;
using Recv.Layouts;

namespace Recv.Tests.Support.Layouts;

/// <summary>A small layout to vary in tests.</summary>
internal static class TestLayout
{
    /// <summary>Every line is short, so that tests can name lines and columns.</summary>
    public const string Minimal = """
        name: test
        parameters: {n: 8, m: n * 2}
        constants: {c: 0}
        items:
          timestamp: {id: 0x1600, required: true}
          a: {id: 0x3000}
          b: {id: 0x3001, default: 7}
        heap_bytes: 256
        timestamp: {item: timestamp, bits: 48, step: 16}
        axes:
          - {name: time, size: 8}

        """;

    /// <summary>No values.</summary>
    public static ImmutableDictionary<string, string> Nothing { get; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Compiles YAML called <c>test.yaml</c>.</summary>
    public static CompiledLayout Compile(string yaml) => LayoutCatalog.Compile("test.yaml", yaml, Nothing, Nothing);

    /// <summary>The error of YAML called <c>test.yaml</c>.</summary>
    public static string Error(string yaml)
    {
        var error = Assert.Throws<RecvException>(() => Compile(yaml));
        Assert.Equal(RecvException.Usage, error.ExitCode);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }
}

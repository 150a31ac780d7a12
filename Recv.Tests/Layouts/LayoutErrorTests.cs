using Recv.Layouts;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Layouts;

/// <summary>Each mistake in a layout file is one line that says where, what and what to do.</summary>
public sealed class LayoutErrorTests
{
    [Theory]
    // Keys and types.
    [InlineData("heap_bytes: 256", "heap_byte: 256", "test.yaml:8:1: unknown key 'heap_byte' in a layout; known: name, description, ")]
    [InlineData("heap_bytes: 256", "", "test.yaml:1:1: key 'heap_bytes' is missing in a layout; add it")]
    [InlineData("name: test", "", "test.yaml:2:1: key 'name' is missing in a layout; add it")]
    [InlineData("name: test", "name: a/b", "test.yaml:1:7: 'a/b' is not a name; use letters, digits, '-', '_' and '.'")]
    [InlineData("name: test", "name: [test]", "test.yaml:1:7: expected a value for 'name', found a list")]
    [InlineData("name: test", "name:", "test.yaml:1:6: 'name' has no value; write one")]
    [InlineData("heap_bytes: 256", "heap_bytes: {a: 1}", "test.yaml:8:13: expected a value for 'heap_bytes', found a mapping")]
    [InlineData("parameters: {n: 8, m: n * 2}", "parameters: [n]",
        "test.yaml:2:13: expected a mapping (key: value) for 'parameters', found a list")]
    [InlineData("axes:\n", "axes: 5\n#", "test.yaml:10:7: expected a list for 'axes', found '5'")]
    [InlineData("- {name: time, size: 8}", "- time", "test.yaml:11:5: expected a mapping (key: value) for an axis, found 'time'")]
    [InlineData("a: {id: 0x3000}", "a: {id: 0x3000, size: 3}", "test.yaml:6:19: unknown key 'size' in 'a'; known: id, required, default")]
    [InlineData("a: {id: 0x3000}", "a: {required: true}", "test.yaml:6:6: key 'id' is missing in 'a'; add it")]
    [InlineData("heap_bytes: 256", "heap_bytes: 256\nheap_bytes: 512", "test.yaml:9:1: duplicate key heap_bytes; correct the YAML")]
    [InlineData("{n: 8, m: n * 2}", "{n: 8, n: 9}", "test.yaml:2:20: duplicate key n; correct the YAML")]
    [InlineData("name: test", "name: \"test", "test.yaml:")]
    [InlineData("name: test", "name: test\n---", "test.yaml:2:1: a second document; a file holds one layout")]
    // Names.
    [InlineData("constants: {c: 0}", "constants: {n: 0}", "test.yaml:3:13: 'n' is already a parameter (line 2); choose another name")]
    [InlineData("a: {id: 0x3000}", "m: {id: 0x3000}", "test.yaml:6:3: 'm' is already a parameter (line 2); choose another name")]
    [InlineData("a: {id: 0x3000}", "2a: {id: 0x3000}", "test.yaml:6:3: '2a' cannot be the name of an item; use letters, digits and '_'")]
    [InlineData("a: {id: 0x3000}", "true: {id: 0x3000}", "test.yaml:6:3: 'true' cannot be the name of an item")]
    [InlineData("item: timestamp,", "item: time,", "test.yaml:9:19: 'time' is not an item; known: timestamp, a, b")]
    // Expressions.
    [InlineData("m: n * 2", "m: n * k", "test.yaml:2:27: unknown parameter 'k'; known: n, m")]
    [InlineData("m: n * 2", "m: 'n * k'", "test.yaml:2:28: unknown parameter 'k'; known: n, m")]
    [InlineData("m: n * 2", "m: n * c",
        "test.yaml:2:27: constant 'c' differs between streams, sizes cannot; use parameters only; known: n, m")]
    [InlineData("heap_bytes: 256", "heap_bytes: 4 * a",
        "test.yaml:8:17: item 'a' is not known before a heap comes; use parameters only; known: n, m")]
    [InlineData("heap_bytes: 256", "heap_bytes: 256 / (n - 8)", "test.yaml:8:17: division by zero in 256 / 0; make the divisor at least 1")]
    [InlineData("m: n * 2", "m: n << 62", "test.yaml:2:25: overflow: 8 << 62 does not fit in 64 bits; use smaller numbers")]
    [InlineData("n: 8", "n: m / 2", "test.yaml:2:27: circular parameters: n → m → n; give one of them a number")]
    [InlineData("n: 8", "n: n + 1", "test.yaml:2:17: circular parameters: n → n; give one of them a number")]
    [InlineData("heap_bytes: 256", "heap_bytes: 256 +", "test.yaml:8:18: expected a number, a name or '(', found the end")]
    [InlineData("heap_bytes: 256", "heap_bytes: *n",
        "test.yaml:8:13: alias '*n'; write the value out, or quote an expression that begins with *")]
    [InlineData("heap_bytes: 256", "heap_bytes: !n 4", "test.yaml:8:13: tag '!n' at 'heap_bytes'; quote a value that begins with !")]
    // Sizes.
    [InlineData("heap_bytes: 256", "heap_bytes: 0", "test.yaml:8:13: heap_bytes is 0; it must be from 1 to 2147483647")]
    [InlineData("heap_bytes: 256", "heap_bytes: 1 << 40", "test.yaml:8:13: heap_bytes is 1099511627776; it must be from 1 to 2147483647")]
    [InlineData("step: 16", "step: 0", "test.yaml:9:46: step is 0; it must be from 1 to ")]
    [InlineData("bits: 48", "bits: 63", "test.yaml:9:36: bits is 63; it must be from 1 to 62")]
    [InlineData("bits: 48", "bits: 6", "test.yaml:11:24: a chunk of 8 × 16 is longer than timestamps of 6 bits; make ")]
    [InlineData("step: 16", "step: 16, mask: 2", "test.yaml:9:56: mask is 2; it must be true or false (1 or 0)")]
    [InlineData("size: 8", "size: 0", "test.yaml:11:24: the size of axis 'time' is 0; it must be from 1 to 268435455")]
    [InlineData("size: 8", "size: 1 << 31", "test.yaml:11:24: the size of axis 'time' is 2147483648; it must be from 1 to 268435455")]
    [InlineData("size: 8", "size: 1 << 27}\n  - {name: x, size: 4, index: 0",
        "test.yaml:11:24: a chunk of 536870912 heaps or more; at most 268435455, make an axis smaller")]
    [InlineData("size: 8", "size: 8, stride: 1 << 38",
        "test.yaml:11:24: a chunk of 2199023255552 bytes or more; at most 1099511627776 (1 TiB), make an axis or heap_bytes smaller")]
    [InlineData("size: 8", "size: 8, stride: 255",
        "test.yaml:11:35: axes overlap: stride 255 of 'time' is less than the 256 bytes of a heap; make it at least that")]
    [InlineData("axes:", "axes:\n  - {name: x, size: 2, index: 0, stride: 2047}",
        "test.yaml:11:42: axes overlap: stride 2047 of 'x' is less than the 2048 bytes of axis 'time'; make it at least that")]
    [InlineData("size: 8", "size: 8, labels: [a]", "test.yaml:11:5: axis 'time' has 1 labels and size 8; give one label per step")]
    // Axes, items, checks, extra, samples.
    [InlineData("{name: time, size: 8}", "{name: x, size: 8, index: 0}", "test.yaml:11:3: no time axis; add {name: time, size: BATCHES}")]
    [InlineData("axes:", "axes:\n  - {name: time, size: 2}", "test.yaml:12:12: a second axis 'time'; axes need different names")]
    [InlineData("axes:", "axes:\n  - {name: x, size: 2}",
        "test.yaml:11:5: axis 'x' has no index; give it one (only the axis 'time' goes by the timestamp)")]
    [InlineData("size: 8", "size: 8, index: a",
        "test.yaml:11:34: the axis 'time' has an index; its index is that of the timestamp, remove it")]
    [InlineData("axes:", "axes:\n  - {name: x, size: 2, index: c + 2}",
        "test.yaml:11:31: the index of axis 'x' is 2, never inside 0..1; correct it or the size")]
    [InlineData("axes:", "axes:\n  - {name: x, size: 2, index: z}", "test.yaml:11:31: unknown name 'z'; known: timestamp, a, b, n, m, c")]
    [InlineData("id: 0x3001", "id: 0x3000", "test.yaml:7:11: item 'b' has the id of 'a' (0x3000); remove one of them")]
    [InlineData("id: 0x3001", "id: 1 << 55", "test.yaml:7:11: an item's id is 36028797018963968; it must be from 1 to 36028797018963967")]
    [InlineData("id: 0x3001", "id: 0", "test.yaml:7:11: an item's id is 0; it must be from 1 to ")]
    [InlineData("id: 0x3001", "id: 0x3001, required: 1", "test.yaml:7:41: item 'b' is required and has a default; remove one of the two")]
    [InlineData("{id: 0x1600, required: true}", "{id: 0x1600}",
        "test.yaml:9:19: the timestamp's item is not required; a heap without it has no place, add required: true to the item")]
    [InlineData("axes:", "checks: [{statistic: too_old_heaps, unless: 1}]\naxes:",
        "test.yaml:10:22: 'too_old_heaps' is counted by every stream; choose another name, such as bad_too_old_heaps")]
    [InlineData("axes:", "checks: [{statistic: Bad, unless: 1}]\naxes:",
        "test.yaml:10:22: 'Bad' is not a statistic's name; use lower-case letters, digits and '_'")]
    [InlineData("axes:", "checks: [{statistic: bad}]\naxes:", "test.yaml:10:10: key 'unless' is missing in a check; add it")]
    [InlineData("axes:", "extra: {name: e, dtype: uint24, value: 1}\naxes:", "test.yaml:10:25: unknown dtype 'uint24'; known: uint8, ")]
    [InlineData("axes:", "extra: {name: e, dtype: uint8, value: a / 0}\naxes:",
        "test.yaml:10:41: division by zero in … / 0; make the divisor at least 1")]
    [InlineData("axes:", "samples: {dtype: int3}\naxes:", "test.yaml:10:18: unknown dtype 'int3'; known: int2, ")]
    [InlineData("axes:", "samples: {dtype: int, bits: n - 1}\naxes:", "test.yaml:10:18: unknown dtype 'int7'; known: int2, ")]
    [InlineData("axes:", "samples: {dtype: float}\naxes:", "test.yaml:10:18: unknown dtype 'float'; known: int2, ")]
    public void AMistakeIsReportedWithItsPlace(string right, string wrong, string message)
    {
        Assert.Contains(right, TestLayout.Minimal, StringComparison.Ordinal);
        Assert.StartsWith(message, TestLayout.Error(TestLayout.Minimal.Replace(right, wrong)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "test.yaml:1:1: the file is empty; a layout is a YAML mapping")]
    [InlineData("# only a comment\n", "test.yaml:1:1: the file is empty; a layout is a YAML mapping")]
    [InlineData("- 1\n", "test.yaml:1:1: expected a mapping (key: value) for a layout, found a list")]
    [InlineData("\0\u0001", "test.yaml:1:2: expected a mapping (key: value) for a layout, found ")]
    public void AFileThatIsNoLayoutIsReported(string yaml, string message) =>
        Assert.StartsWith(message, TestLayout.Error(yaml), StringComparison.Ordinal);

    [Fact]
    public void EndlessNestingIsRefusedBeforeItUsesUpTheStack() =>
        Assert.StartsWith("test.yaml:1:", TestLayout.Error("a: " + new string('[', 200_000)), StringComparison.Ordinal);

    [Fact]
    public void WhateverIsInTheFileTheErrorIsOneLineWithAPlace()
    {
        const string Characters = "{}[]:,-#&*!|>'\"%@` \n\t\\09azA?\0\u00e9";
        string yaml = LayoutCatalog.Text("meerkat-digitiser");
        int refused = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            int at = random.Next(yaml.Length);
            string changed = yaml.Remove(at, random.Next(3)).Insert(at, $"{Characters[random.Next(Characters.Length)]}");
            try
            {
                TestLayout.Compile(changed);
            }
            catch (RecvException error)
            {
                refused++;
                Assert.Matches("^test.yaml:[0-9]+:[0-9]+: [^\\n]+$", error.Message);
            }
        }
        Assert.InRange(refused, 100, 399);
    }

    [Fact]
    public void QuotedKeysAndExtraSpaceMeanTheSame() => Assert.Equal(2048,
        TestLayout.Compile(TestLayout.Minimal.Replace("name: test", "\"name\" :   'test'").Replace("heap_bytes", "'heap_bytes'"))
            .Shape.ChunkBytes);

    [Fact]
    public void TheMinimalLayoutItselfIsRight() =>
        Assert.Equal(2048, TestLayout.Compile(TestLayout.Minimal).Shape.ChunkBytes);
}

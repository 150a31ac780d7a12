using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Recv.Sinks.File;

namespace Recv.Tests.Sinks.File;

public sealed class NpyHeaderTests
{
    [Fact]
    public void AnyHeaderReadsBackAndEndsOnAMultipleOf64() => Prop.ForAll(
        Gen.Choose(0, 1 << 20).Select(length => (long)length).ListOf().Select(axes => axes.ToImmutableArray()).ToArbitrary(),
        axes =>
        {
            byte[] bytes = new NpyHeader(">i2", axes).ToBytes();
            using var file = new MemoryStream([.. bytes, 1, 2, 3]);
            NpyHeader read = NpyHeader.Read(file, "test");
            return bytes.Length % 64 == 0 && file.Position == bytes.Length && read.Descr == ">i2" && read.Shape.SequenceEqual(axes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AHeaderThatIsCutAnywhereIsAnErrorOfOneLine()
    {
        byte[] whole = new NpyHeader("|u1", [3, 4]).ToBytes();
        for (int length = 0; length < whole.Length; length++)
        {
            using var file = new MemoryStream(whole[..length]);
            RecvException refused = Assert.Throws<RecvException>(() => NpyHeader.Read(file, "cut.npy"));
            Assert.StartsWith("cut.npy: ", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': True, 'shape': (3,), }")]
    [InlineData("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3,), }")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }")]
    [InlineData("")]
    public void ArrayOfOtherThanPlainNumbersIsRefused(string dictionary)
    {
        byte[] head = [0x93, .. "NUMPY"u8, 1, 0, (byte)dictionary.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(dictionary)];
        using var file = new MemoryStream(head);
        Assert.Throws<RecvException>(() => NpyHeader.Read(file, "odd.npy"));
    }
}

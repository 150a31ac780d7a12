using System.Text.RegularExpressions;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>What a descriptor says of the samples of its item, in the words of a layout.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static partial class SampleGuess
{
    private static readonly string[] Known =
        ["int2", "int4", "int8", "int10", "int12", "int16", "int32", "uint8", "uint16", "uint32", "float32"];

    /// <summary>The value of <c>samples</c>, or null when the layout has no word for it.</summary>
    public static string? Of(Descriptor descriptor)
    {
        string? dtype = null;
        bool bigEndian = true;
        IReadOnlyList<long> shape = descriptor.Shape;
        if (Dtype().Match(descriptor.NumpyHeader) is { Success: true } numpy)
        {
            bigEndian = numpy.Groups[1].Value is not ("<" or "=");
            dtype = Word(numpy.Groups[2].Value[0]) + 8 * int.Parse(numpy.Groups[3].Value);
            shape = [.. Axes().Match(descriptor.NumpyHeader).Groups[1].Value.Split(',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(axis => long.TryParse(axis, out long size) ? size : -1)];
        }
        else if (descriptor.Format is [var only]) dtype = Word(only.Type) + only.Bits;
        if (dtype is null || !Known.Contains(dtype)) return null;
        // Two numbers at the end of a shape are real and imaginary part in every instrument of the field.
        bool complex = shape.Count > 1 && shape[^1] == 2;
        return $"{{dtype: {dtype}, complex: {(complex ? "true" : "false")}, big_endian: {(bigEndian ? "true" : "false")}}}";
    }

    private static string Word(char type) => type switch { 'i' => "int", 'u' => "uint", 'f' => "float", _ => "?" };

    [GeneratedRegex("'descr': *'([<>=|])([iuf])([0-9]{1,2})'")]
    private static partial Regex Dtype();

    [GeneratedRegex(@"'shape': *\(([^)]*)\)")]
    private static partial Regex Axes();
}

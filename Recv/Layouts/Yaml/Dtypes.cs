namespace Recv.Layouts.Yaml;

/// <summary>The number formats that layouts can name.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal static class Dtypes
{
    /// <summary>Formats of <c>extra</c>.</summary>
    public static string[] Extra { get; } = ["uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"];

    /// <summary>Formats of samples, all that instruments send.</summary>
    public static string[] Samples { get; } =
        ["int2", "int4", "int8", "int10", "int12", "int16", "int32", "uint8", "uint16", "uint32", "float32"];

    /// <summary>Bytes of a format of <c>extra</c>, 0 when it is unknown.</summary>
    public static int ExtraBytes(string dtype) => Extra.Contains(dtype) ? Bits(dtype) / 8 : 0;

    /// <summary>The number at the end of the name.</summary>
    public static int Bits(string dtype) => int.Parse(dtype.AsSpan(dtype.IndexOfAny([.. "0123456789"])));
}

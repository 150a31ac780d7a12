using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Recv.Tests.Support.House;

/// <summary>Walks through the instructions of a method body (ECMA-335 partition III).</summary>
internal static class Instructions
{
    private const int TwoByteEscape = 0xfe;

    private static readonly Dictionary<int, OperandType> Operand = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xffff, code => code.OperandType);

    /// <summary>Every type, field, method and signature that an instruction names.</summary>
    public static IReadOnlyList<EntityHandle> Operands(BlobReader code)
    {
        var named = new List<EntityHandle>();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == TwoByteEscape) value = TwoByteEscape << 8 | code.ReadByte();
            switch (Operand[value])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType
                    or OperandType.InlineSig:
                    named.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType other:
                    code.Offset += Size(other);
                    break;
            }
        }
        return named;
    }

    private static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}

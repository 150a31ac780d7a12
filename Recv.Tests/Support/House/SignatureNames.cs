using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Recv.Tests.Support.House;

/// <summary>Reads signatures for the sake of the types in them; only those that the assembly itself defines are noted.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class SignatureNames(MetadataReader metadata) : ISignatureTypeProvider<bool, object?>
{
    private readonly HashSet<string> _found = [];

    public IReadOnlySet<string> Found => _found;

    public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        _found.Add(TypeNames.Outermost(reader, handle));

    public bool GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        metadata.GetTypeSpecification(handle).DecodeSignature(this, null);

    // The rest is structure around the types above; the decoder walks through it by itself.
    public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => false;
    public bool GetArrayType(bool elementType, ArrayShape shape) => false;
    public bool GetByReferenceType(bool elementType) => false;
    public bool GetFunctionPointerType(MethodSignature<bool> signature) => false;
    public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => false;
    public bool GetGenericMethodParameter(object? genericContext, int index) => false;
    public bool GetGenericTypeParameter(object? genericContext, int index) => false;
    public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => false;
    public bool GetPinnedType(bool elementType) => false;
    public bool GetPointerType(bool elementType) => false;
    public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => false;
    public bool GetSZArrayType(bool elementType) => false;
}

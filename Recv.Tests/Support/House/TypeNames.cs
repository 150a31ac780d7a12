using System.Reflection.Metadata;

namespace Recv.Tests.Support.House;

/// <summary>Names of types as a reader of the sources knows them.</summary>
internal static class TypeNames
{
    /// <summary>Full name of the type that a person wrote: nested and compiler-made types count as the outermost one.</summary>
    public static string Outermost(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil) type = metadata.GetTypeDefinition(type.GetDeclaringType());
        string room = metadata.GetString(type.Namespace);
        string name = metadata.GetString(type.Name).Split('`')[0];
        return room.Length == 0 ? name : $"{room}.{name}";
    }
}

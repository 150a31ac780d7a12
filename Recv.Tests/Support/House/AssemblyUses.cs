using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Recv.Tests.Support.House;

/// <summary>
/// Which types of an assembly use which others of it, read from its metadata: bases, interfaces, fields, signatures, locals, constraints,
/// attributes, and everything that the instructions of its methods name, generic arguments included.
/// </summary>
/// <remarks>
/// <para>Not seen: constants (the compiler copies their values) and types in the arguments of attributes.</para>
/// <para><b>Threading:</b> immutable.</para>
/// </remarks>
public static class AssemblyUses
{
    /// <summary>All uses, each once, by the full names of the outermost types: what is inside a type is part of it.</summary>
    public static IReadOnlyList<TypeUse> In(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        MetadataReader metadata = file.GetMetadataReader();
        var uses = new HashSet<TypeUse>();
        foreach (TypeDefinitionHandle type in metadata.TypeDefinitions)
        {
            string user = TypeNames.Outermost(metadata, type);
            var names = new UsedNames(metadata);
            CollectType(file, metadata, metadata.GetTypeDefinition(type), names);
            uses.UnionWith(names.Types.Where(used => used != user).Select(used => new TypeUse(user, used)));
        }
        return [.. uses.OrderBy(use => use.User, StringComparer.Ordinal).ThenBy(use => use.Used, StringComparer.Ordinal)];
    }

    private static void CollectType(PEReader file, MetadataReader metadata, TypeDefinition type, UsedNames names)
    {
        names.Add(type.BaseType);
        foreach (InterfaceImplementationHandle handle in type.GetInterfaceImplementations())
            names.Add(metadata.GetInterfaceImplementation(handle).Interface);
        foreach (MethodImplementationHandle handle in type.GetMethodImplementations())
            names.Add(metadata.GetMethodImplementation(handle).MethodDeclaration);
        CollectAttributes(metadata, type.GetCustomAttributes(), names);
        CollectConstraints(metadata, type.GetGenericParameters(), names);
        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            names.Add(handle);
            CollectAttributes(metadata, metadata.GetFieldDefinition(handle).GetCustomAttributes(), names);
        }
        foreach (PropertyDefinitionHandle handle in type.GetProperties())
            CollectAttributes(metadata, metadata.GetPropertyDefinition(handle).GetCustomAttributes(), names);
        foreach (MethodDefinitionHandle handle in type.GetMethods()) CollectMethod(file, metadata, handle, names);
    }

    private static void CollectMethod(PEReader file, MetadataReader metadata, MethodDefinitionHandle handle, UsedNames names)
    {
        names.Add(handle);
        MethodDefinition method = metadata.GetMethodDefinition(handle);
        CollectAttributes(metadata, method.GetCustomAttributes(), names);
        CollectConstraints(metadata, method.GetGenericParameters(), names);
        foreach (ParameterHandle parameter in method.GetParameters())
            CollectAttributes(metadata, metadata.GetParameter(parameter).GetCustomAttributes(), names);
        if (method.RelativeVirtualAddress == 0) return;
        MethodBodyBlock body = file.GetMethodBody(method.RelativeVirtualAddress);
        names.Add(body.LocalSignature);
        foreach (ExceptionRegion region in body.ExceptionRegions) names.Add(region.CatchType);
        foreach (EntityHandle operand in Instructions.Operands(body.GetILReader())) names.Add(operand);
    }

    private static void CollectAttributes(MetadataReader metadata, CustomAttributeHandleCollection attributes, UsedNames names)
    {
        foreach (CustomAttributeHandle handle in attributes) names.Add(metadata.GetCustomAttribute(handle).Constructor);
    }

    private static void CollectConstraints(MetadataReader metadata, GenericParameterHandleCollection parameters, UsedNames names)
    {
        foreach (GenericParameterHandle parameter in parameters)
            foreach (GenericParameterConstraintHandle handle in metadata.GetGenericParameter(parameter).GetConstraints())
                names.Add(metadata.GetGenericParameterConstraint(handle).Type);
    }
}

/// <summary>One type names another in some way.</summary>
public readonly record struct TypeUse(string User, string Used);

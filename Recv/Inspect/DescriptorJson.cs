using System.Text.Json.Nodes;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>A descriptor as JSON: what it has, and nothing that it leaves empty.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class DescriptorJson
{
    public static JsonObject Of(Descriptor descriptor, bool bugCompat)
    {
        var json = new JsonObject { ["id"] = descriptor.Id, ["name"] = descriptor.Name, ["description"] = descriptor.Description };
        if (descriptor.NumpyHeader.Length > 0) json["numpy_header"] = descriptor.NumpyHeader;
        if (!descriptor.Format.IsEmpty)
            json["format"] = new JsonArray([.. descriptor.Format.Select(field => (JsonNode)new JsonArray($"{field.Type}", field.Bits))]);
        if (!descriptor.Shape.IsEmpty)
            json["shape"] = new JsonArray([.. descriptor.Shape.Select(axis => axis < 0 ? null : (JsonNode)axis)]);
        if (bugCompat) json["bug_compat"] = "PySPEAD 0.5.2";
        return json;
    }
}

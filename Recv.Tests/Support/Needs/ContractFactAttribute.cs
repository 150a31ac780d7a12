using Xunit.Sdk;

namespace Recv.Tests.Support.Needs;

/// <summary>A test of a contract suite: skipped, with the reason, in those classes whose
/// <see cref="ClassNeedsAttribute"/> is not met.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Recv.Tests.Support.Needs.ContractFactDiscoverer", "Recv.Tests")]
public sealed class ContractFactAttribute : FactAttribute;

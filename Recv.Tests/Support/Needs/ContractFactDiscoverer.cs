using Xunit.Abstractions;
using Xunit.Sdk;

namespace Recv.Tests.Support.Needs;

/// <summary>Finds the tests marked <see cref="ContractFactAttribute"/>; xunit makes it by name.</summary>
public sealed class ContractFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        IAttributeInfo? needs = testMethod.TestClass.Class.GetCustomAttributes(typeof(ClassNeedsAttribute)).FirstOrDefault();
        string? reason = needs is null ? null : HostNeeds.Missing(needs.GetNamedArgument<HostNeed>(nameof(ClassNeedsAttribute.Need)));
        TestMethodDisplay display = discoveryOptions.MethodDisplayOrDefault();
        TestMethodDisplayOptions displayOptions = discoveryOptions.MethodDisplayOptionsOrDefault();
        return [reason is null
            ? new XunitTestCase(messages, display, displayOptions, testMethod)
            : new XunitSkippedDataRowTestCase(messages, display, displayOptions, testMethod, reason)];
    }
}

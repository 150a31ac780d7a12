using Recv.Layouts;
using Recv.Ledger;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Support.Layouts;

/// <summary>A layout in code that answers what a test tells it, sense or nonsense. Its shape is that of <see cref="TestChunks"/>.</summary>
/// <remarks><b>Threading:</b> the answer is changed between batches, by the test's thread.</remarks>
internal readonly struct FixedPlaceLayout(FixedPlaceLayout.Answer answer) : IHeapLayout
{
    public LayoutShape Shape => answer.Shape;

    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        placement = answer.Place;
        return answer.Verdict;
    }

    /// <summary>What it says to every heap.</summary>
    internal sealed class Answer
    {
        public LayoutShape Shape { get; init; } = TestChunks.Shape;

        public Outcome Verdict { get; set; }

        public Placement Place { get; set; }
    }
}

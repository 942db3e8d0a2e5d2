using Roj.Simulation.Histories;
using Xunit;

namespace Roj.EndToEnd.Storage;

/// <summary>The judge of a store's trials sees what nobody may do.</summary>
public class KeyJudgeTests
{
    private static readonly string kept = Path.Combine(Path.GetTempPath(), $"roj-keys-{Environment.ProcessId}");
    private static readonly OperationKind one = new OperationKind.Add(1);
    private static readonly OperationKind read = new OperationKind.Read();

    private static long clock;

    [Fact]
    public void What_can_have_been_is_right() => KeyJudge.Judge(
        [
            Done("sum-0", one, "1"), Unknown("sum-0", one), Done("sum-0", one, "3"), Done("sum-0", read, "3"),
            Done("key-0", new OperationKind.Write("/1"), "/1"), Unknown("key-0", new OperationKind.Write("/2")), Done("key-0", read, "/1"),
            Done("key-0", read, "/2"),
        ],
        kept);

    [Theory]
    [InlineData("1", "1", "1", "two were told 1")]
    [InlineData("2", "1", "2", "began after another")]
    [InlineData("1", "2", "1", "2 were added for sure")] // the second one is lost
    [InlineData("1", "2", "4", "2 were added for sure")] // somebody's was added twice
    public void A_sum_of_something_else_is_wrong(string first, string second, string last, string why) =>
        Wrong(why, Done("sum-0", one, first), Done("sum-0", one, second), Unknown("sum-0", one), Done("sum-0", read, last));

    [Fact]
    public void What_was_acknowledged_and_is_gone_is_wrong() =>
        Wrong("once-1", Done("once-1", new OperationKind.Write("/1"), "/1"), Done("once-1", read, null));

    [Fact]
    public void What_was_refused_and_is_there_is_wrong() => Wrong(
        "once-1",
        new Operation("once-1", "c", new OperationKind.Write("/1"), ++clock, ++clock, Outcome.No, null),
        Done("once-1", read, "/1"));

    private static void Wrong(string why, params Operation[] history)
    {
        var thrown = Assert.Throws<LabException>(() => KeyJudge.Judge(history, kept));
        Assert.Contains(why, thrown.Message, StringComparison.Ordinal);
        Directory.Delete(kept, recursive: true);
    }

    private static Operation Done(string key, OperationKind kind, string? value) =>
        new(key, "c", kind, ++clock, ++clock, Outcome.Yes, new Seen(0, value));

    private static Operation Unknown(string key, OperationKind kind) => new(key, "c", kind, ++clock, null, Outcome.Unknown, null);
}

using Roj.Simulation.Histories;
using Xunit;

namespace Roj.EndToEnd.Agreement;

/// <summary>The judge of trials sees what nobody may do.</summary>
public class RegisterJudgeTests
{
    private static readonly string kept = Path.Combine(Path.GetTempPath(), $"roj-judge-{Environment.ProcessId}");

    private static readonly OperationKind one = new OperationKind.Add(1);
    private static readonly OperationKind piece = new OperationKind.Append("/1");

    [Fact]
    public void What_can_have_been_is_right()
    {
        Judge("2", Done("sum-0", one, 1, "1"), Done("sum-0", one, 2, "2"), Unknown("sum-0", one));
        Judge("/1", Done("text-0", piece, 1, "/1"), Unknown("text-0", new OperationKind.Append("/2")));
        Judge(null, Done("brief-a-0", new OperationKind.Write("/1"), 1, "/1"), Done("brief-a-0", new OperationKind.Delete(), 2, null));
    }

    [Theory]
    [InlineData("1", "though 2 were added")] // the second one is lost
    [InlineData("4", "though 2 were added")] // somebody's was added twice
    public void A_sum_of_something_else_is_wrong(string last, string why) =>
        Wrong(why, last, Done("sum-0", one, 1, "1"), Done("sum-0", one, 2, "2"), Unknown("sum-0", one));

    [Theory]
    [InlineData(null, "has /1 0 times")]
    [InlineData("/1/1", "has /1 2 times")]
    [InlineData("/1/9", "nobody put there: /9")]
    public void A_text_of_something_else_is_wrong(string? last, string why) => Wrong(why, last, Done("text-0", piece, 1, "/1"));

    [Fact]
    public void A_history_that_goes_back_is_wrong() => Wrong(
        "plain-0",
        "/1",
        Done("plain-0", new OperationKind.Write("/1"), 1, "/1"),
        Done("plain-0", new OperationKind.Write("/2"), 2, "/2"),
        Done("plain-0", new OperationKind.Read(), 1, "/1"));

    private static void Wrong(string why, string? last, params (string Register, OperationKind Kind, Outcome Outcome, Seen? Seen)[] history)
    {
        var wrong = Assert.Throws<LabException>(() => Judge(last, history));
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
        Directory.Delete(kept, recursive: true);
    }

    // One after another.
    private static void Judge(string? last, params (string Register, OperationKind Kind, Outcome Outcome, Seen? Seen)[] history)
    {
        var recorder = new HistoryRecorder();
        foreach (var (register, kind, outcome, seen) in history)
            recorder.Return(recorder.Invoke(register, "c", kind), outcome, seen);
        RegisterJudge.Judge(recorder.Operations, new Dictionary<string, string?> { [history[0].Register] = last }, kept);
    }

    private static (string, OperationKind, Outcome, Seen?) Done(string register, OperationKind kind, ulong version, string? value) =>
        (register, kind, Outcome.Yes, new Seen(version, value));

    private static (string, OperationKind, Outcome, Seen?) Unknown(string register, OperationKind kind) =>
        (register, kind, Outcome.Unknown, null);
}

using Roj.Storage;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>A node that has just started waits with calls until it has heard of the others, and not for ever.</summary>
public sealed class OpeningTests
{
    [Fact]
    public void Who_has_just_started_with_a_slow_clock_does_not_write_under_what_was_acknowledged_before()
    {
        var lab = new StoreLab(2);
        lab[2].Offset = -3_600_000;
        lab.Stop(2);
        lab.Pass(1);
        lab.Set(1, "k", "first");
        lab[2].IsApart = true; // nothing has been heard yet, not that it is so for long
        lab.Boot(2);
        var call = lab.Begin(2, Write("second"));
        lab.Pass(0.3);
        Assert.Null(lab.AnswerTo(call));
        lab.Apart();
        lab.Pass(1);
        Assert.Equal(StorageAnswer.Done.Yes, lab.AnswerTo(call));
        Assert.Equal("second", lab.Get(1, "k"));
        Assert.Equal("second second", lab.Copies("k"));
    }

    [Fact]
    public void What_was_missed_is_not_read_before_the_others_were_heard()
    {
        var lab = new StoreLab(2);
        lab.Set(1, "k", "first");
        lab.Stop(2);
        lab.Pass(1);
        lab.Set(1, "k", "second");
        lab[2].IsApart = true;
        lab.Boot(2);
        var call = lab.Begin(2, new StorageCall.Read(StoreLab.Key("k")));
        lab.Pass(0.3);
        Assert.Null(lab.AnswerTo(call));
        lab.Apart();
        lab.Pass(1);
        Assert.Equal("second"u8, Assert.IsType<StorageAnswer.Value>(lab.AnswerTo(call)).Data!.Value.Span);
    }

    [Fact]
    public void Whoever_is_not_there_is_waited_for_a_while_only()
    {
        var lab = new StoreLab(2);
        lab.Stop(1);
        lab.Stop(2);
        lab.Boot(2);
        var call = lab.Begin(2, Write("alone"));
        lab.Pass(1.9);
        Assert.Null(lab.AnswerTo(call));
        lab.Pass(1);
        Assert.Equal(StorageAnswer.Done.Yes, lab.AnswerTo(call));
    }

    [Fact]
    public void Before_there_is_any_map_a_call_waits_for_it_and_is_told_in_the_end_that_there_is_none()
    {
        var lab = new StoreLab(0);
        lab.Nodes.Add(new StoreLab.Member { Number = 1, IsLed = false });
        lab.Boot(1);
        var call = lab.Begin(1, Write("early"));
        lab.Pass(4.9);
        Assert.Null(lab.AnswerTo(call));
        lab.Pass(0.2);
        Assert.Equal(StorageFault.NoServer, Assert.IsType<StorageAnswer.Failed>(lab.AnswerTo(call)).Fault);

        lab.Stop(1);
        lab.Boot(1);
        call = lab.Begin(1, Write("early"));
        lab.Pass(1);
        lab[1].IsLed = true;
        lab.See();
        lab.Pass(0.5);
        Assert.Equal(StorageAnswer.Done.Yes, lab.AnswerTo(call));
    }

    [Fact]
    public void Who_waits_counts_among_the_calls_under_way()
    {
        var lab = new StoreLab(0, callsMax: 2);
        lab.Nodes.Add(new StoreLab.Member { Number = 1, IsLed = false });
        lab.Boot(1);
        lab.Begin(1, Write("one"));
        lab.Begin(1, Write("two"));
        Assert.Equal(StorageFault.Full, Assert.IsType<StorageAnswer.Failed>(lab.AnswerTo(lab.Begin(1, Write("three")))).Fault);
        Assert.Equal(2, lab[1].Shell!.Store.Calls);
    }

    private static StorageCall.Write Write(string value) => new(StoreLab.Key("k"), System.Text.Encoding.UTF8.GetBytes(value));
}

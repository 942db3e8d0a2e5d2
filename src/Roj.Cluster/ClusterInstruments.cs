using System.Diagnostics.Metrics;

namespace Roj;

/// <summary>What a node measures, on the meter <c>Roj</c>: each measurement names its node.</summary>
internal sealed class ClusterInstruments : IDisposable
{
    private static readonly RojMemberState[] states = Enum.GetValues<RojMemberState>();

    private readonly Meter meter;
    private readonly MemberFeed feed;
    private volatile bool isOver;

    public ClusterInstruments(MemberFeed feed, IMeterFactory? meters)
    {
        this.feed = feed;
        meter = meters?.Create(new MeterOptions("Roj")) ?? new Meter("Roj");
        meter.CreateObservableGauge("roj.members", Members, description: "Members known, by what is believed of them.");
        meter.CreateObservableCounter("roj.events", Events, description: "What happened to other members since the start.");
    }

    /// <summary>Measures no more, also where the meter is the factory's and stays.</summary>
    public void Dispose()
    {
        isOver = true;
        meter.Dispose();
    }

    private IEnumerable<Measurement<int>> Members()
    {
        if (isOver || feed.Self is not { } self)
            return [];
        var members = feed.Members;
        return states.Select(state => new Measurement<int>(
            members.Count(member => member.State == state),
            new KeyValuePair<string, object?>("node", self.Id),
            new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant())));
    }

    private IEnumerable<Measurement<long>> Events() =>
        isOver || feed.Self is not { } self ? [] : [new(feed.Count, new KeyValuePair<string, object?>("node", self.Id))];
}

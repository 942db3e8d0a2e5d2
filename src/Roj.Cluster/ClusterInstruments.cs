using System.Diagnostics.Metrics;

namespace Roj;

/// <summary>What a node measures, on the meter <c>Roj</c>: each measurement names its node.</summary>
internal sealed class ClusterInstruments : IDisposable
{
    private static readonly RojMemberState[] states = Enum.GetValues<RojMemberState>();

    private readonly Meter meter;
    private readonly MemberFeed feed;
    private readonly Func<bool> isLeader;
    private volatile bool isOver;

    public ClusterInstruments(MemberFeed feed, Func<bool> isLeader, IMeterFactory? meters)
    {
        (this.feed, this.isLeader) = (feed, isLeader);
        meter = meters?.Create(new MeterOptions("Roj")) ?? new Meter("Roj");
        meter.CreateObservableGauge("roj.members", Members, description: "Members known, by what is believed of them.");
        meter.CreateObservableCounter("roj.events", Events, description: "What happened to other members since the start.");
        AddElection();
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

    private IEnumerable<Measurement<long>> Events() => Measured(() => feed.Count);

    // The names are those of the program's meter.
    private void AddElection()
    {
        meter.CreateObservableGauge(
            "roj.election.term",
            () => Measured(() => (long)(feed.Leader?.Counter ?? 0)),
            description: "The leadership that this node heeds; 0 while there is none.");
        meter.CreateObservableGauge(
            "roj.election.is_leader", () => Measured(() => isLeader() ? 1 : 0), description: "Whether this node leads.");
        meter.CreateObservableGauge(
            "roj.election.green", () => Measured(() => Painted(RojColor.Green)), description: "Nodes that are green.");
        meter.CreateObservableGauge(
            "roj.election.red", () => Measured(() => Painted(RojColor.Red)), description: "Nodes that are red.");
        meter.CreateObservableCounter(
            "roj.election.changes",
            () => Measured(() => feed.Changes),
            description: "How often another led than before, or nobody did.");
    }

    private long Painted(RojColor color) => feed.Colors.Colors.Values.Count(one => one == color);

    private IEnumerable<Measurement<long>> Measured(Func<long> of) =>
        isOver || feed.Self is not { } self ? [] : [new(of(), new KeyValuePair<string, object?>("node", self.Id))];
}

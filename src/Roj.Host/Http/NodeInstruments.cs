using System.Diagnostics.Metrics;
using Roj.Host.Http.Views;
using Roj.Host.Security;
using Roj.Membership.Keeping;

namespace Roj.Host.Http;

/// <summary>The API's own part of a node's meter.</summary>
internal sealed class NodeInstruments
{
    private static readonly MemberState[] States = Enum.GetValues<MemberState>();

    private readonly Counter<long> requests;
    private readonly Counter<long> unauthorized;
    private ApiSnapshot? latest;
    private int streams;

    public NodeInstruments(Meter meter, EventLog events)
    {
        requests = meter.CreateCounter<long>("roj.http.requests", description: "HTTP requests answered, by status.");
        unauthorized = meter.CreateCounter<long>("roj.http.unauthorized", description: "Requests without the cluster's token, by reason.");
        meter.CreateObservableGauge("roj.http.streams", () => streams, description: "Clients that listen to events.");
        meter.CreateObservableCounter("roj.events", () => events.Count, description: "Events since the start.");
        meter.CreateObservableGauge("roj.members", Members, description: "Members known, by what is believed of them.");
        meter.CreateObservableGauge(
            "roj.uptime", () => latest?.Now.SinceZero.TotalSeconds ?? 0, "s", "How long the process runs.");
        meter.CreateObservableCounter("roj.finding.refused", Refused, description: "What finding refused, by reason.");
        meter.CreateObservableCounter(
            "roj.between.dropped", Dropped, description: "What came to the port between nodes and was dropped, by reason.");
        AgreementInstruments.Add(meter, () => latest?.Agreement);
        ElectionInstruments.Add(meter, () => latest?.Election);
        meter.CreateObservableGauge("process.resident.memory", () => Environment.WorkingSet, "By", "Resident memory.");
        meter.CreateObservableCounter(
            "process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Time of the processor, user and system.");
    }

    public void Saw(ApiSnapshot snapshot) => latest = snapshot;

    public void Answered(int status) => requests.Add(1, new KeyValuePair<string, object?>("status", status));

    public void Unauthorized(TokenVerdict verdict) => unauthorized.Add(1, new KeyValuePair<string, object?>("reason", verdict switch
    {
        TokenVerdict.Missing => "missing",
        TokenVerdict.Wrong => "wrong",
        _ => "too_often",
    }));

    /// <summary>Takes a place for a stream, unless all are taken.</summary>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref streams) <= ApiOptions.StreamsMax)
            return true;
        End();
        return false;
    }

    public void End() => Interlocked.Decrement(ref streams);

    private IEnumerable<Measurement<int>> Members() => States.Select(state => new Measurement<int>(
        latest?.Members.Count(member => member.State == state) ?? 0,
        new KeyValuePair<string, object?>("state", MemberView.StateName(state))));

    private static Measurement<long> By(string reason, long count) => new(count, new KeyValuePair<string, object?>("reason", reason));

    private IEnumerable<Measurement<long>> Dropped()
    {
        var dropped = latest?.Dropped ?? default;
        return
        [
            By("malformed", dropped.Malformed),
            By("other_cluster", dropped.OtherCluster),
            By("not_local", dropped.NotLocal),
            By("broken_call", dropped.Calls),
            By("crowded", dropped.Crowded),
            By("untrusted_call", dropped.Untrusted),
            By("foreign", dropped.Sealed.Foreign),
            By("replayed", dropped.Sealed.Replayed),
            By("stranger", dropped.Sealed.Strangers),
            By("too_many_strangers", dropped.Sealed.TooMany),
        ];
    }

    private IEnumerable<Measurement<long>> Refused()
    {
        var refused = latest?.Refused ?? default;
        return
        [
            By("not_local", refused.NotLocal),
            By("other_cluster", refused.OtherCluster),
            By("own_echo", refused.OwnEchoes),
            By("unsolicited", refused.Unsolicited),
            By("too_often", refused.TooOften),
            By("full", refused.Full),
        ];
    }
}

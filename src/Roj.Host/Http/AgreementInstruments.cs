using System.Diagnostics.Metrics;
using Roj.Host.Agreement;

namespace Roj.Host.Http;

/// <summary>What a node's meter shows of agreement and its log; nothing where there is none.</summary>
internal static class AgreementInstruments
{
    /// <summary>Adds them.</summary>
    /// <param name="meter">The node's.</param>
    /// <param name="latest">How agreement stood when it was asked last; null if there is none.</param>
    public static void Add(Meter meter, Func<AgreementStatus?> latest)
    {
        void Count(string name, Func<AgreementStatus, long> of, string description) =>
            meter.CreateObservableCounter(name, () => Measured(latest(), of), description: description);
        void Gauge(string name, Func<AgreementStatus, long> of, string description, string? unit = null) =>
            meter.CreateObservableGauge(name, () => Measured(latest(), of), unit, description);

        Count("roj.agreement.changes", one => one.Changes, "Changes that were asked for here and made.");
        Count("roj.agreement.readings", one => one.Readings, "Readings that were asked for here and succeeded.");
        Count("roj.agreement.refusals", one => one.Refusals, "What was asked for here and not made, or nobody knows.");
        Count("roj.agreement.sent", one => one.Links.Sent, "Messages for other nodes.");
        Count("roj.agreement.received", one => one.Links.Received, "Messages from other nodes.");
        Count("roj.agreement.dropped", one => one.Links.Dropped, "Messages without a link or room for them: they are said again.");
        Count("roj.agreement.malformed", one => one.Links.Malformed, "Links and clients that were hung up on for what they said.");
        Count("roj.agreement.refused", one => one.Links.Refused, "Callers that are no members here, or for whom there was no place.");
        Gauge("roj.agreement.links", one => one.Links.Links, "Links to other nodes.");
        Gauge("roj.agreement.clients", one => one.Links.Clients, "Clients of registers.");
        Gauge("roj.agreement.voting", one => one.IsVoting ? 1 : 0, "Whether this node takes part in what is decided.");
        Gauge("roj.roster.version", one => (long)(one.Roster?.Version ?? 0), "Version of the roster.");
        Gauge("roj.roster.members", one => one.Roster?.Members.Count ?? 0, "Nodes that vote.");
        Count("roj.log.syncs", one => one.Log.Syncs, "Commits made durable, each with one sync.");
        Gauge("roj.log.records", one => one.Log.Keys, "Keys with a value.");
        Gauge("roj.log.live", one => one.Log.LiveBytes, "Bytes of the records that count.", "By");
        Gauge("roj.log.dead", one => one.Log.DeadBytes, "Bytes of those that don't.", "By");
        Gauge("roj.log.segments", one => one.Log.Segments, "Files of records.");
        Gauge("roj.log.full", one => one.IsFull ? 1 : 0, "Whether the disk is full.");
    }

    private static IEnumerable<Measurement<long>> Measured(AgreementStatus? latest, Func<AgreementStatus, long> of) =>
        latest is null ? [] : [new Measurement<long>(of(latest))];
}

using System.Diagnostics.Metrics;
using Roj.Election;
using Roj.Host.Election;

namespace Roj.Host.Http;

/// <summary>What a node's meter shows of elections; nothing where there are none.</summary>
internal static class ElectionInstruments
{
    /// <summary>Adds them.</summary>
    /// <param name="meter">The node's.</param>
    /// <param name="latest">How election stood when it was asked last; null if there is none.</param>
    public static void Add(Meter meter, Func<ElectionStatus?> latest)
    {
        void Count(string name, Func<ElectionStatus, long> of, string description) =>
            meter.CreateObservableCounter(name, () => Measured(latest(), of), description: description);
        void Gauge(string name, Func<ElectionStatus, long> of, string description) =>
            meter.CreateObservableGauge(name, () => Measured(latest(), of), description: description);

        Gauge("roj.election.term", one => (long)(one.Term?.Counter ?? 0), "The leadership that this node heeds; 0 while there is none.");
        Gauge("roj.election.is_leader", one => one.Standing is Standing.Leading ? 1 : 0, "Whether this node leads.");
        Gauge("roj.election.green", one => Painted(one, Colour.Green), "Nodes that are green.");
        Gauge("roj.election.red", one => Painted(one, Colour.Red), "Nodes that are red.");
        Count("roj.election.changes", one => one.Changes, "How often another led than before, or nobody did.");
        Count("roj.election.ring.sent", one => one.RingSent, "Messages that this node posted to its right neighbour.");
        Count("roj.election.ring.refused", one => one.RingRefused, "Messages of the ring that this node refused.");
    }

    private static long Painted(ElectionStatus status, Colour colour) => status.Colouring.Colours.Count(one => one.Value == colour);

    private static IEnumerable<Measurement<long>> Measured(ElectionStatus? latest, Func<ElectionStatus, long> of) =>
        latest is null ? [] : [new Measurement<long>(of(latest))];
}

using System.Globalization;

namespace Roj.EndToEnd;

/// <summary>What a run of a scenario cost.</summary>
/// <param name="Plan">What was run.</param>
/// <param name="Done">When all files were right for the first time: the last of them was not written to any more.</param>
/// <param name="Settled">When they were right with the faults over and all nodes up: this is what the limit is for.</param>
/// <param name="Faults">How many times a node was ended.</param>
/// <param name="PeakRssBytes">The most memory that any node had resident.</param>
/// <param name="ConnectionsMax">The most connections that any node had at once, as far as samples tell.</param>
/// <param name="Cpu">Processor time of all nodes together.</param>
/// <param name="SentBytes">What all nodes together sent, headers included.</param>
/// <param name="SlowestTermination">The longest from a SIGTERM until the program was gone; null: there was none.</param>
internal sealed record ScenarioReport(
    Plan Plan,
    TimeSpan Done,
    TimeSpan Settled,
    int Faults,
    long PeakRssBytes,
    int ConnectionsMax,
    TimeSpan Cpu,
    long SentBytes,
    TimeSpan? SlowestTermination)
{
    private const double MiB = 1024 * 1024;

    /// <summary>One line.</summary>
    public override string ToString() => string.Join(' ', Words().Select(word => word.ToString(CultureInfo.InvariantCulture)));

    private IEnumerable<FormattableString> Words()
    {
        yield return $"{Plan.Scenario.Name}:";
        yield return $"done {Done.TotalSeconds:F2} s, settled {Settled.TotalSeconds:F2} s of {Plan.Scenario.Limit.TotalSeconds} s;";
        yield return $"file {Plan.File.Bytes.Length} B in {Plan.File.PartCount} parts;";
        yield return $"ended {Faults} times;";
        yield return $"RSS {PeakRssBytes / MiB:F1} MiB, connections {ConnectionsMax},";
        yield return $"CPU {Cpu.TotalSeconds:F2} s, sent {SentBytes / MiB:F1} MiB,";
        yield return $"SIGTERM {SlowestTermination?.TotalMilliseconds ?? 0:F0} ms;";
        yield return $"seed {Plan.Seed}";
    }
}

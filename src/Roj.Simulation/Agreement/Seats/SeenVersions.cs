using System.Text;
using Roj.Agreement;

namespace Roj.Simulation.Agreement.Seats;

/// <summary>At which versions registers were seen that are deleted again and again: they jump, and never go back.</summary>
internal sealed class SeenVersions
{
    private readonly SortedDictionary<(RegisterName Name, ulong Version), string> values = [];
    private readonly SortedDictionary<RegisterName, ulong> last = [];

    /// <summary>The greatest at which a register was seen; 0 if it never was.</summary>
    public ulong Of(RegisterName name) => last.GetValueOrDefault(name);

    /// <summary>Somebody is told what a register holds.</summary>
    /// <param name="seat">Who.</param>
    /// <param name="name">Which.</param>
    /// <param name="before">At which version it was seen when he asked.</param>
    /// <param name="content">What it holds.</param>
    public void Saw(Seat seat, RegisterName name, ulong before, Content content)
    {
        SeatsWatch.Require(
            content.Version >= before,
            $"node {seat.Number} sees version {content.Version} of {name}, which was at {before} when it asked");
        last[name] = Math.Max(Of(name), content.Version);
        if (content.Data is not { } data)
            return;
        // Whoever goes by versions takes two things at one for the same thing.
        var text = Encoding.ASCII.GetString(data.Span);
        values.TryAdd((name, content.Version), text);
        var known = values[(name, content.Version)];
        SeatsWatch.Require(known == text, $"version {content.Version} of {name} was {known} and is {text}");
    }
}

namespace Roj.Simulation.Histories;

/// <summary>One operation of one client on one register: plain data, from the simulator or from a real process.</summary>
/// <remarks>
/// Times are numbers on one scale that all clients of a history share: an order of events, virtual time, or the ticks of one machine's
/// monotonic clock. Operations that only touch in time count as concurrent.
/// </remarks>
/// <param name="Register">Its name. Each is judged by itself, linearizability being local (Herlihy and Wing 1990, theorem 1).</param>
/// <param name="Client">Who asked, for sentences.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Invoked">When, at the latest, it began.</param>
/// <param name="Returned">When, at the earliest, it had ended; null if never.</param>
/// <param name="Outcome">What the client knows. What is unknown has no end, whatever <paramref name="Returned"/> says.</param>
/// <param name="Seen">
/// What the register held after it, or held when it was refused. Null if the client was not told: then an applied change may have made
/// any version, and a refused one was nowhere. Not looked at where the outcome is unknown.
/// </param>
public sealed record Operation(
    string Register, string Client, OperationKind Kind, long Invoked, long? Returned, Outcome Outcome, Seen? Seen)
{
    /// <summary>As sentences name it: <c>a's write x [3, 7] = 4:x</c>.</summary>
    public override string ToString()
    {
        var end = Outcome is Outcome.Unknown ? "…" : $"{Returned}";
        var answer = Outcome switch
        {
            Outcome.Unknown => "= unknown",
            Outcome.No => Seen is { } refused ? $"refused at {refused}" : "refused",
            _ => Seen is { } seen ? $"= {seen}" : "= done",
        };
        return $"{Client}'s {Kind} [{Invoked}, {end}] {answer}";
    }
}

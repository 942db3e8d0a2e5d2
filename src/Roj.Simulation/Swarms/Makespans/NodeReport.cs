namespace Roj.Simulation.Swarms.Makespans;

/// <summary>What one node did in the time that all of them needed.</summary>
/// <param name="Name">Its name; the seeder is the first.</param>
/// <param name="SentBytes">Payload that came from it to others.</param>
/// <param name="ReceivedBytes">Payload that it got.</param>
/// <param name="RepeatedBytes">Of that, what it had got before.</param>
/// <param name="UplinkBusy">Its payload sent over what its link could have sent in that time.</param>
/// <param name="DownlinkBusy">The same of what it received.</param>
/// <param name="FirstPiece">When it had a whole piece from the network; null if never.</param>
/// <param name="Complete">When its file was right; null if it was not.</param>
public sealed record NodeReport(
    string Name,
    long SentBytes,
    long ReceivedBytes,
    long RepeatedBytes,
    double UplinkBusy,
    double DownlinkBusy,
    TimeSpan? FirstPiece,
    TimeSpan? Complete);

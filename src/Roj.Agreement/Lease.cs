using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>That a register belongs to somebody for a while.</summary>
/// <remarks>How long it lasts is counted by nobody's calendar: by the holder from before it asked, by each acceptor from when it took it,
/// a tenth longer (clocks are assumed to differ by less than that in pace).</remarks>
/// <param name="Epoch">Which holding it is: each is one more than the one before, and none is ever used twice.</param>
/// <param name="Holder">Whose it is.</param>
/// <param name="Boot">In which of its lives: the next life is somebody else.</param>
/// <param name="Duration">For how long, unless it is renewed; zero if it was given back.</param>
public sealed record Lease(ulong Epoch, NodeId Holder, uint Boot, TimeSpan Duration)
{
    /// <summary>The shortest lease.</summary>
    public static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest lease: as long as that its name may be closed after its holder is gone.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromMinutes(10);

    /// <summary>Whether nobody holds it.</summary>
    public bool IsFree => Duration == TimeSpan.Zero;

    /// <summary>How long an acceptor keeps others away: as long as the holder's clock may show that it still has it.</summary>
    internal TimeSpan Guarded => Duration + (Duration / 10);

    /// <summary>Whether an attempt is its holder's own.</summary>
    public bool IsOf(Ballot ballot) => ballot.Node == Holder && ballot.Boot == Boot;
}

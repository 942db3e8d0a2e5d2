using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>How long a suspect has to refute: the less, the more members had no answer from it either (Lifeguard, section IV-B).</summary>
/// <param name="begun">When it was first suspected.</param>
/// <param name="least">How long it has at least.</param>
/// <param name="most">How long it has while one member alone suspects it.</param>
/// <param name="confirmationsMax">How many more accusers make it as short as it gets.</param>
internal sealed class Suspicion(Instant begun, TimeSpan least, TimeSpan most, int confirmationsMax)
{
    // log(c + 1) / log(k + 1), in thousandths: k to the left, c to the right.
    private static readonly int[][] shares = [[1000], [0, 1000], [0, 631, 1000], [0, 500, 792, 1000]];

    private readonly SortedSet<NodeId> accusers = [];
    private TimeSpan extension;

    /// <summary>More than these are not counted.</summary>
    public const int ConfirmationsMax = 3;

    /// <summary>When it is dead.</summary>
    public Instant EndsAt
    {
        get
        {
            var share = shares[confirmationsMax][Math.Min(confirmationsMax, Math.Max(0, accusers.Count - 1))];
            return begun + least + ((most - least) / 1000 * (1000 - share)) + extension;
        }
    }

    /// <summary>Those who had no answer, in no order.</summary>
    public IReadOnlyCollection<NodeId> Accusers => accusers;

    /// <summary>One more had no answer; whether that is news.</summary>
    public bool Accuse(NodeId accuser) => accusers.Count <= confirmationsMax && accusers.Add(accuser);

    /// <summary>We were not here for a while: neither were the words of the suspect.</summary>
    public void Extend(TimeSpan by) => extension += by;
}

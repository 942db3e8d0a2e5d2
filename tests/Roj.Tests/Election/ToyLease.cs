using Roj.Election;
using Roj.Kernel;

namespace Roj.Tests.Election;

/// <summary>A lease as agreement would give it, without its making: to one at a time, each with a later epoch, by a majority of those who
/// were there at first.</summary>
internal sealed class ToyLease(ElectionLab lab, int seats)
{
    private static readonly TimeSpan length = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    private readonly List<(int Node, Instant Since)> claims = [];
    private readonly SortedDictionary<int, ulong> unheard = []; // the lease of who stands still is over
    private Instant until;
    private int? holder;

    /// <summary>The epoch of who has it, or had it last.</summary>
    public ulong Epoch { get; set; }

    /// <summary>What the register of the colours holds.</summary>
    public Colouring? Colours { get; set; }

    public void Claim(int number) => claims.Add((number, lab.Now));

    public void Release(int number)
    {
        claims.RemoveAll(claim => claim.Node == number);
        if (holder == number)
            until = lab.Now;
    }

    public void Write(int number, Colouring colouring)
    {
        if (holder == number)
            Colours = colouring;
    }

    public void Pass()
    {
        if (holder is { } had && until > lab.Now && !lab.Still.Contains(had) && HasMajority(had))
            until = lab.Now + length; // it renews it
        if (holder is { } gone && until <= lab.Now)
            End(gone);
        foreach (var (number, since) in claims.ToArray())
        {
            if (lab.Still.Contains(number))
                continue;
            if (!lab.Up.Contains(number))
                claims.Remove((number, since));
            else if (holder is null && HasMajority(number))
                Give(number, since);
            else if (lab.Now - since >= patience && claims.Remove((number, since)))
                lab.Denied(number);
        }
    }

    /// <summary>Who stood still goes on: that is the first it hears.</summary>
    public void Wake(int number)
    {
        if (unheard.Remove(number, out var epoch))
            lab.Lapsed(number, epoch);
    }

    private bool HasMajority(int number) => 2 * lab.Up.Count(other => !lab.Still.Contains(other) && lab.Reaches(number, other)) > seats;

    private void Give(int number, Instant since)
    {
        claims.Remove((number, since));
        (holder, until, Epoch) = (number, lab.Now + length, Epoch + 1);
        lab.Granted(number, Epoch, lab[number].Colouring == Colouring.None ? Colours : null);
    }

    private void End(int number)
    {
        if (lab.Still.Contains(number))
            unheard[number] = Epoch;
        else if (lab.Up.Contains(number))
            lab.Lapsed(number, Epoch);
        holder = null;
        foreach (var other in lab.Up.Except(lab.Still).ToArray())
            lab.Vacant(other);
    }
}

using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Simulation.Agreement.Seats;

/// <summary>The seats of a run, one time for all of them, and the bag that what they say to each other lies in.</summary>
internal sealed class SeatsTown
{
    private const int BagMax = 150;

    private readonly Rng rng;
    private readonly List<Letter> bag = [];
    private readonly SortedSet<(NodeId, NodeId)> cut = [];

    public SeatsTown(SeatsTheme theme, Rng rng)
    {
        this.rng = rng;
        Theme = theme;
        var isBirth = Theme is SeatsTheme.Births;
        var founders = isBirth ? 4 + rng.Next(3) : Theme is SeatsTheme.Leases ? 3 : 3 + rng.Next(3);
        var expected = isBirth ? 2 + rng.Next(2) : founders;
        var joiners = Theme is SeatsTheme.Rosters or SeatsTheme.Moves ? rng.Next(3) : 0;
        for (var i = 1; i <= founders + joiners; i++)
            Seats.Add(new Seat(Seat.IdOf(i), i <= founders ? expected : 0, rng.Fork()));
        Watch = new SeatsWatch(this);
    }

    public SeatsTheme Theme { get; }

    public List<Seat> Seats { get; } = [];

    public IEnumerable<Seat> Up => Seats.Where(seat => seat.Registers is not null);

    public SeatsWatch Watch { get; }

    /// <summary>Receives what a node was asked for and has ended.</summary>
    public Action<Seat, Outcome>? Ended { get; set; }

    public Instant Now { get; set; } = Instant.Zero + TimeSpan.FromSeconds(1);

    public int Waiting => bag.Count;

    public void Say(string what) => Sink?.Invoke($"{Now} {what}");

    public Action<string>? Sink { get; set; }

    public void Hears(Seat seat, AgreementEvent what)
    {
        Watch.Hears(seat, what);
        if (what is AgreementEvent.Ended(var outcome))
            Ended?.Invoke(seat, outcome);
    }

    /// <summary>What is said is durable, whether it leaves or not.</summary>
    public void Says(Seat seat, NodeId to, AgreementMessage message, bool isSent)
    {
        if (Sink is not null)
            Say($"{seat.Number} to {Seat.NumberOf(to)}{(isSent ? "" : " (not sent)")}: {message}");
        Watch.Says(seat, message);
        if (!isSent)
            return;
        // Between what a holder asks for and the answers it stands still for as long as its lease, or longer.
        if (Theme is SeatsTheme.Leases && message is AgreementMessage.Accept { Content.Lease: not null } or AgreementMessage.Renew
            && rng.Chance(1, 30))
        {
            seat.PausedUntil = Now + rng.Next(TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(450));
        }

        if (bag.Count >= BagMax)
            bag.RemoveAt(rng.Next(bag.Count));
        bag.Add(new Letter(seat.Id, to, message));
    }

    public void Kill(Seat seat)
    {
        Say($"{seat.Number} dies");
        seat.Kill(this);
        bag.RemoveAll(letter => letter.From == seat.Id && letter.To == seat.Id); // what it says to itself
        Watch.Died(seat);
    }

    /// <summary>Delivers one; some stay in the bag, to be delivered again.</summary>
    public void Deliver(int index, bool isKept)
    {
        var letter = bag[index];
        var to = Seats.Find(seat => seat.Id == letter.To);
        var isLater = to is { Registers: not null } && to.PausedUntil > Now;
        bag.RemoveAt(index);
        // A stream brings a request once or never.
        if (isLater || (isKept && letter.Message is not AgreementMessage.Forward && letter.From != letter.To))
            bag.Add(letter);
        if (!isLater && to?.Registers is not null && !cut.Contains((letter.From, letter.To)))
            to.Do(Now, this, (registers, clock, outbox) => registers.Receive(clock, letter.From, letter.Message, outbox));
    }

    public void Drop(int index) => bag.RemoveAt(index);

    public void Heal() => cut.Clear();

    public void Cut()
    {
        var (from, to) = (rng.Pick(Seats).Id, rng.Pick(Seats).Id);
        if (cut.Count > 0 && rng.Chance(2, 3))
            cut.Remove(cut.ElementAt(rng.Next(cut.Count)));
        else if (from != to)
            cut.Add((from, to));
    }

    public void LookAround(Seat seat, bool isWhole)
    {
        NodeId[] alive = [.. Up.Where(_ => isWhole || rng.Chance(4, 5)).Select(other => other.Id)];
        seat.Do(Now, this, (registers, clock, outbox) => registers.Alive(clock, alive, outbox));
    }

    public void Tick(Seat seat) => seat.Do(Now, this, (registers, clock, outbox) =>
    {
        if (registers.Deadline <= clock)
            registers.Tick(clock, outbox);
    });

    /// <summary>What is wrong with where slots are, when all are here and one leads; null if nothing is.</summary>
    public string? WhatIsAstray()
    {
        for (ushort slot = 1; slot <= SeatsRun.Slots; slot++)
        {
            ReplicaSet?[] sets = [.. Seats.Select(seat => seat.Registers!.SetOf(slot))];
            if (sets.OfType<ReplicaSet>().MaxBy(set => set.Version) is not { } newest)
                continue;
            if (newest.Next is not null)
                return $"slot {slot} is still being moved: {newest}";
            // Of the first set a member hears when it is first asked.
            foreach (var member in newest.Members.Where(_ => newest.Version > 1))
            {
                if (Seats.Find(seat => seat.Id == member)!.Registers!.SetOf(slot)?.Version != newest.Version)
                    return $"node {Seat.NumberOf(member)} does not know that it has slot {slot}: {newest}";
            }

            foreach (var name in SeatsRun.Names)
            {
                var taken = newest.Members.Select(member => Seats.Find(seat => seat.Id == member)!.TakenOf(slot, name)).ToArray();
                if (taken.Distinct().Count() > 1)
                    return $"replicas of slot {slot} differ in {name}: {string.Join(", ", taken)}, {newest}";
            }
        }

        return null;
    }
}

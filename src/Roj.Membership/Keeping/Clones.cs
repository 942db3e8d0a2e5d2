using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.Membership.Keeping;

/// <summary>Settles which of two live processes with our id goes on: the one that runs longer (invariant M6).</summary>
/// <remarks>
/// <para>Each says how long it runs, by its own monotonic clock, so that no calendar matters; of two that say the same the smaller boot
/// goes on. The one with the greater boot judges, so that both hear one verdict. It is settled by a stream: a datagram's sender may be
/// forged, but who speaks on a stream hears us there, and names the boots of both.</para>
/// <para>One dispute at a time: of three clones that began within a moment each could else lose to another, and none would be left. Who
/// is busy hangs up, and is called again.</para>
/// </remarks>
internal sealed class Clones(FinderSettings settings, Rng rng)
{
    private const int TriesMax = 20;

    /// <summary>How long a dispute may take; both ends wait as long, so that no verdict is passed on who has turned to another.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private Instant startedAt;
    private Phase phase = new Phase.Idle();

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => phase switch
    {
        Phase.Calling calling => calling.Until,
        Phase.Called called => called.Until,
        Phase.Resting resting => resting.Until,
        _ => null,
    };

    /// <summary>This process begins now.</summary>
    public void Start(Instant now) => startedAt = now;

    /// <summary>Another process with our id lives at <paramref name="node"/>.</summary>
    public void Meet(Instant now, Endpoint node, ulong boot, KeepingOutbox outbox)
    {
        if (phase is Phase.Idle || (phase is Phase.Resting resting && resting.Boot != boot))
            Call(now, node, boot, TriesMax, outbox);
    }

    /// <summary>What to say first to whom we call; null if that is settled meanwhile.</summary>
    public ExchangeMessage? Opening(Instant now) => phase is Phase.Calling { Boot: var boot } ? Claim(now, boot) : null;

    /// <summary>The other end of a stream says this; what to answer, null for nothing.</summary>
    public ExchangeMessage? Reply(Instant now, ExchangeMessage.Claim claim, KeepingOutbox outbox)
    {
        if (phase is Phase.Over || claim.Id != settings.Id || claim.YourBoot != settings.Boot || claim.Boot == settings.Boot)
            return null;
        switch (phase)
        {
            // The answer to our call.
            case Phase.Calling calling when calling.Boot == claim.Boot && settings.Boot > claim.Boot && calling.Until > now:
            // A call of its own, to its judge, who has nothing else to do.
            case Phase.Idle or Phase.Resting when settings.Boot > claim.Boot:
                return Judge(now, claim, outbox);
            case Phase.Idle or Phase.Resting:
            // Both called: its call goes on, it will refuse ours.
            case Phase.Calling { Boot: var boot } when boot == claim.Boot && settings.Boot < claim.Boot:
                phase = new Phase.Called(claim.Boot, claim.Node, now + Patience);
                return Claim(now, claim.Boot);
            default:
                return null; // busy
        }
    }

    /// <summary>A judge has spoken.</summary>
    public void Reply(ExchangeMessage.Verdict verdict, KeepingOutbox outbox)
    {
        var (boot, node) = phase switch
        {
            Phase.Calling calling => (calling.Boot, calling.Node),
            Phase.Called called => (called.Boot, called.Node),
            _ => (0UL, default(Endpoint)),
        };
        if (verdict.Judge != boot || boot <= settings.Boot || (verdict.Ends != boot && verdict.Ends != settings.Boot))
            return;
        Settle(verdict.Ends == settings.Boot, node, verdict.Uptime, outbox);
    }

    /// <summary>A call has ended, well or not.</summary>
    public void Ended(Instant now, Endpoint with)
    {
        // The other was busy, or is gone. Not after the same time each: who missed each other would do so again.
        if (phase is Phase.Calling calling && calling.Node == with)
            Rest(now, calling);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, KeepingOutbox outbox)
    {
        if (now < Deadline)
            return;
        switch (phase)
        {
            case Phase.Calling calling:
                Rest(now, calling);
                break;
            case Phase.Called:
                phase = new Phase.Idle();
                break;
            case Phase.Resting(var boot, var node, _, var tries):
                Call(now, node, boot, tries, outbox);
                break;
        }
    }

    private void Call(Instant now, Endpoint node, ulong boot, int tries, KeepingOutbox outbox)
    {
        phase = new Phase.Calling(boot, node, now + Patience, tries - 1);
        outbox.Do(new KeepingEffect.Confront(node));
    }

    private void Rest(Instant now, Phase.Calling calling) => phase = calling.Tries == 0
        ? new Phase.Idle() // if it is there after all, finding will meet it again
        : new Phase.Resting(
            calling.Boot,
            calling.Node,
            now + rng.Next(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(600)),
            calling.Tries);

    private ExchangeMessage.Claim Claim(Instant now, ulong yourBoot) =>
        new(settings.Id, settings.Boot, yourBoot, settings.Own, Milliseconds(now - startedAt));

    private ExchangeMessage.Verdict Judge(Instant now, ExchangeMessage.Claim claim, KeepingOutbox outbox)
    {
        // To the millisecond, as the other's comes: what is nearer than that is a tie, which the judge loses.
        var uptime = Milliseconds(now - startedAt);
        var isOver = uptime <= claim.Uptime;
        Settle(isOver, claim.Node, claim.Uptime, outbox);
        return new ExchangeMessage.Verdict(settings.Boot, isOver ? settings.Boot : claim.Boot, uptime);
    }

    private void Settle(bool isOver, Endpoint other, TimeSpan uptime, KeepingOutbox outbox)
    {
        phase = isOver ? new Phase.Over() : new Phase.Idle();
        outbox.Emit(isOver ? new MembershipEvent.Superseded(other, uptime) : new MembershipEvent.CloneEnds(other));
    }

    private static TimeSpan Milliseconds(TimeSpan span) =>
        TimeSpan.FromMilliseconds(Math.Max(0, span.Ticks / TimeSpan.TicksPerMillisecond));

    private abstract record Phase
    {
        /// <summary>There is nobody with our id.</summary>
        internal sealed record Idle : Phase;

        /// <summary>We call another, and hear nobody else.</summary>
        internal sealed record Calling(ulong Boot, Endpoint Node, Instant Until, int Tries) : Phase;

        /// <summary>Another, who will judge, called us and has our claim.</summary>
        internal sealed record Called(ulong Boot, Endpoint Node, Instant Until) : Phase;

        /// <summary>It was busy: until when it is left alone.</summary>
        internal sealed record Resting(ulong Boot, Endpoint Node, Instant Until, int Tries) : Phase;

        /// <summary>This process ends, and judges nobody any more.</summary>
        internal sealed record Over : Phase;
    }
}

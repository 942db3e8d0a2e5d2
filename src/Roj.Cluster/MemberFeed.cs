using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Roj.Election;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj;

/// <summary>Who is here and who leads, and whoever listens for changes. Told by one thread, read by any.</summary>
internal sealed class MemberFeed
{
    /// <summary>Events that wait for one reader at most; of more the oldest are dropped, and counted.</summary>
    public const int WaitingMax = 1024;

    /// <summary>Readers at a time.</summary>
    public const int ReadersMax = 256;

    private readonly Lock gate = new();
    private readonly List<Channel<(long Number, MemberEvent What)>> readers = [];
    private volatile ImmutableSortedDictionary<NodeId, RojMember> members = ImmutableSortedDictionary<NodeId, RojMember>.Empty;
    private volatile RojMember? self;
    private volatile MemberEvent.LeaderChanged leader = new(null, "");
    private volatile MemberEvent.ColorsChanged colors = new(ImmutableSortedDictionary<string, RojColor>.Empty, RojColor.None);
    private NodeId own;
    private long number; // of the latest event
    private long count;
    private long changes;
    private bool ended;
    private Exception? reason;

    /// <summary>This node; null before it began.</summary>
    public RojMember? Self => self;

    /// <summary>Events of members since the start.</summary>
    public long Count => Interlocked.Read(ref count);

    /// <summary>How often another led than before, or nobody did.</summary>
    public long Changes => Interlocked.Read(ref changes);

    /// <summary>The leadership; null while there is none.</summary>
    public RojTerm? Leader => leader.Term;

    /// <summary>The colors of all, and this node's.</summary>
    public MemberEvent.ColorsChanged Colors => colors;

    /// <summary>All that are known, by id.</summary>
    public IReadOnlyList<RojMember> Members => [.. members.Values];

    /// <summary>This node has begun, or is in another incarnation.</summary>
    public void Be(Member member)
    {
        lock (gate)
        {
            own = member.Id;
            self = RojMember.Of(member);
            members = members.SetItem(member.Id, self);
        }
    }

    /// <summary>Something is believed of a member.</summary>
    public void Keep(MembershipEvent happened)
    {
        lock (gate)
        {
            switch (happened)
            {
                case MembershipEvent.Changed(var member, _):
                    Turn(member);
                    break;
                case MembershipEvent.Described(var member):
                    Turn(member);
                    break;
                case MembershipEvent.Forgotten(var id):
                    members = members.Remove(id);
                    break;
                case MembershipEvent.Refuted(_, var incarnation):
                    self = self!.In(incarnation);
                    members = members.SetItem(own, self);
                    break;
            }
        }
    }

    /// <summary>Another leads, or nobody does.</summary>
    public void Lead(Term? term, string why)
    {
        lock (gate)
        {
            leader = new MemberEvent.LeaderChanged(term is { } its ? RojTerm.Of(its) : null, why);
            changes++;
            Tell(leader);
        }
    }

    /// <summary>There are other colors.</summary>
    /// <returns>This node's.</returns>
    public RojColor Paint(Colouring colouring)
    {
        lock (gate)
        {
            var all = colouring.Colours.ToImmutableSortedDictionary(
                one => one.Key.ToString(), one => ColorOf(one.Value), StringComparer.Ordinal);
            colors = new MemberEvent.ColorsChanged(all, ColorOf(colouring.Of(own)));
            Tell(colors);
            return colors.Own;
        }
    }

    /// <summary>There will be no more: every reader ends, with <paramref name="why"/> if that is not null.</summary>
    public void End(Exception? why)
    {
        lock (gate)
        {
            (ended, reason) = (true, why);
            readers.ForEach(reader => reader.Writer.TryComplete(why));
            readers.Clear();
        }
    }

    /// <summary>Who is here, then what happens.</summary>
    public async IAsyncEnumerable<MemberEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancelled)
    {
        var (here, last, reader) = Enter();
        try
        {
            foreach (var happened in here)
                yield return happened;
            await foreach (var (its, what) in reader.Reader.ReadAllAsync(cancelled))
            {
                if (its > last + 1)
                    yield return new MemberEvent.Missed(its - last - 1);
                last = its;
                yield return what;
            }
        }
        finally
        {
            lock (gate)
                readers.Remove(reader);
        }
    }

    private static RojColor ColorOf(Colour colour) => colour switch
    {
        Colour.Green => RojColor.Green,
        Colour.Red => RojColor.Red,
        _ => RojColor.None,
    };

    private (List<MemberEvent> Here, long Last, Channel<(long Number, MemberEvent What)> Reader) Enter()
    {
        lock (gate)
        {
            if (readers.Count == ReadersMax)
                throw new InvalidOperationException($"{ReadersMax} read the events of this node already.");
            var reader = Channel.CreateBounded<(long, MemberEvent)>(new BoundedChannelOptions(WaitingMax)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
            });
            if (ended)
                reader.Writer.Complete(reason);
            else
                readers.Add(reader);
            List<MemberEvent> here =
                [.. members.Values.Where(member => member.IsHere && member != self).Select(member => new MemberEvent.Joined(member))];
            if (!ended && leader.Term is not null)
                here.Add(leader);
            if (!ended && colors.Colors.Count > 0)
                here.Add(colors);
            return (here, number, reader);
        }
    }

    private void Turn(Member member)
    {
        var now = RojMember.Of(member);
        var before = members.GetValueOrDefault(member.Id);
        members = members.SetItem(member.Id, now);
        // Who was not here when we heard of it first did not leave us either.
        MemberEvent? what = (before is { IsHere: true }, now.State) switch
        {
            (false, RojMemberState.Alive or RojMemberState.Suspect) => new MemberEvent.Joined(now),
            (true, RojMemberState.Alive or RojMemberState.Suspect) => new MemberEvent.Changed(now, before!.State),
            (true, RojMemberState.Left) => new MemberEvent.Left(now),
            (true, _) => new MemberEvent.Died(now),
            _ => null,
        };
        if (what is null)
            return;
        count++;
        Tell(what);
    }

    private void Tell(MemberEvent what)
    {
        number++;
        foreach (var reader in readers)
            reader.Writer.TryWrite((number, what));
    }
}

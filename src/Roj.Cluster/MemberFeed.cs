using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj;

/// <summary>Who is here, and whoever listens for changes. Told by one thread, read by any.</summary>
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
    private NodeId own;
    private long count;
    private bool ended;
    private Exception? reason;

    /// <summary>This node; null before it began.</summary>
    public RojMember? Self => self;

    /// <summary>Events since the start.</summary>
    public long Count => Interlocked.Read(ref count);

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
        var (here, number, reader) = Enter();
        try
        {
            foreach (var member in here)
                yield return new MemberEvent.Joined(member);
            await foreach (var (its, what) in reader.Reader.ReadAllAsync(cancelled))
            {
                if (its > number + 1)
                    yield return new MemberEvent.Missed(its - number - 1);
                number = its;
                yield return what;
            }
        }
        finally
        {
            lock (gate)
                readers.Remove(reader);
        }
    }

    private (RojMember[] Here, long Number, Channel<(long Number, MemberEvent What)> Reader) Enter()
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
            return ([.. members.Values.Where(member => member.IsHere && member != self)], count, reader);
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
        foreach (var reader in readers)
            reader.Writer.TryWrite((count, what));
    }
}

using System.Net;
using Roj.Membership.Keeping;

namespace Roj;

/// <summary>A member of the cluster, as this node saw it at one moment; it does not change any more.</summary>
public sealed class RojMember
{
    /// <summary>Who: 128 bits, as 32 hexadecimal digits. What else is said of a member may change; this does not.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it; not unique.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens for other nodes.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>What is believed of it.</summary>
    public required RojMemberState State { get; init; }

    /// <summary>Of which incarnation that is believed: a later one is greater.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>The free words that it says of itself; they come a moment after itself.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>What it does for others, by name, and the port where it does: <c>http</c>, <c>files</c>.</summary>
    public IReadOnlyDictionary<string, int> Services { get; init; } = new Dictionary<string, int>();

    /// <summary>Whether it counts as being here.</summary>
    public bool IsHere => State is RojMemberState.Alive or RojMemberState.Suspect;

    /// <summary>Name, address and state, in one line.</summary>
    public override string ToString() => $"{string.Concat(Name.Select(c => char.IsControl(c) ? ' ' : c))} {Address} {StateWord}";

    internal static RojMember Of(Member member)
    {
        Dictionary<string, string> tags = new(StringComparer.Ordinal);
        foreach (var (name, value) in Roj.Host.Daemon.Tags.Read(member.Tags.Span))
            tags.TryAdd(name, value);
        Dictionary<string, int> services = new(StringComparer.Ordinal);
        if (member.Profile.HttpPort != 0)
            services.Add("http", member.Profile.HttpPort);
        if (member.Profile.SwarmPort != 0)
            services.Add("files", member.Profile.SwarmPort);
        return new RojMember
        {
            Id = member.Id.ToString(),
            Name = member.Profile.Name,
            Address = IPEndPoint.Parse(member.Node.ToString()),
            State = member.State switch
            {
                MemberState.Alive => RojMemberState.Alive,
                MemberState.Suspect => RojMemberState.Suspect,
                MemberState.Dead => RojMemberState.Dead,
                _ => RojMemberState.Left,
            },
            Incarnation = member.Incarnation,
            Tags = tags,
            Services = services,
        };
    }

    /// <summary>The same in another incarnation.</summary>
    internal RojMember In(ulong incarnation) => new()
    {
        Id = Id,
        Name = Name,
        Address = Address,
        State = State,
        Incarnation = incarnation,
        Tags = Tags,
        Services = Services,
    };

    private string StateWord => State switch
    {
        RojMemberState.Alive => "alive",
        RojMemberState.Suspect => "suspect",
        RojMemberState.Dead => "dead",
        _ => "left",
    };
}

using Roj.Host.Http;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Tests.Host.Http;

/// <summary>A small cluster as a node could see it.</summary>
internal static class Portrait
{
    public static readonly Instant Now = new(TimeSpan.FromSeconds(100).Ticks);

    public static Member Member(
        ulong id, string name, MemberState state = MemberState.Alive, int secondsAgo = 0, ulong? accuser = null) => new(
        new NodeId(id),
        new Endpoint(0x7F000000 + (uint)id, 7071),
        state,
        (1UL << 32) + id,
        Now - TimeSpan.FromSeconds(secondsAgo),
        new NodeId(accuser ?? id),
        new Profile(name, 7070, 6881, 0, 0x000102, 1),
        default);

    public static ApiSnapshot Snapshot(params Member[] others) => new()
    {
        Self = Member(1, "earth"),
        Members = [Member(1, "earth"), .. others],
        Now = Now,
        Cluster = "roj",
    };
}

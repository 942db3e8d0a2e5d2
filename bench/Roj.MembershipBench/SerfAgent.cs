using Roj.EndToEnd;
using Roj.EndToEnd.Members;

namespace Roj.MembershipBench;

/// <summary>A <c>serf agent</c> with its default profile (lan), told the address of the first, and what it logs of the others.</summary>
internal sealed class SerfAgent(LabHost host) : Agent(host)
{
    /// <summary>Where Debian has it.</summary>
    public const string Path = "/usr/bin/serf";

    private const string Mark = "serf: EventMember";

    /// <inheritdoc/>
    protected override string Program => Path;

    // Without discovery by multicast (mDNS), which it has too: by that, it needs longer. It tries again after a second rather than thirty.
    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments =>
    [
        "agent", $"-node={Name}", $"-bind={Name}:7946", "-rpc-addr=127.0.0.1:7373",
        $"-retry-join={LabWiring.Address(1)}", "-retry-interval=1s",
    ];

    /// <inheritdoc/>
    protected override (string Name, string State)? Read(string line)
    {
        // …[INFO] serf: EventMemberJoin: NAME ADDRESS
        var at = line.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0 || line[(at + Mark.Length)..].Split(' ') is not [var what, var name, ..])
            return null;
        return what switch
        {
            "Join:" => (name, "alive"),
            "Failed:" => (name, "dead"),
            "Leave:" => (name, "left"),
            _ => null,
        };
    }
}

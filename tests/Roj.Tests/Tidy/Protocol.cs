namespace Roj.Tests.Tidy;

/// <summary>A page of <c>docs/protocols</c>: what is read out of the source for it.</summary>
/// <param name="Name">The page's name.</param>
/// <param name="Core">The project whose words these are.</param>
/// <param name="Messages">Closed families of messages: type names.</param>
/// <param name="States">States, and the files in which they change: a type's name, its file, and where it changes.</param>
internal sealed record Protocol(
    string Name, string Core, IReadOnlyList<string> Messages, IReadOnlyList<(string Title, string Type, string[] Files)> States)
{
    public static IReadOnlyList<Protocol> All { get; } =
    [
        new("membership", "Roj.Membership", ["Hello", "SwimMessage", "ExchangeMessage"],
        [
            ("A member, as another believes", "MemberState", []),
            ("The sweep", "Phase", ["Sweep.cs"]),
            ("Two with one identity", "Phase", ["Clones.cs"]),
        ]),
        new("files", "Roj.Files", ["PeerMessage", "MetadataMessage"],
        [
            ("Why a connection is closed", "CloseReason", []),
            ("A tracker that is asked", "Phase", ["Announcer.cs"]),
        ]),
        new("agreement", "Roj.Agreement", ["AgreementMessage", "RegisterChange"], [("What became of a change", "Applied", [])]),
        new("election", "Roj.Election", ["ElectionMessage", "RingMessage"],
        [
            ("How a node stands to who leads", "Standing", ["Tenure.cs"]),
            ("The ring", "RingPhase", ["RingElection.cs"]),
            ("A push", "PushVerdict", ["PushPlan.cs"]),
        ]),
        new("token", "Roj.Token", ["TokenMessage"],
        [
            ("Without a majority", "TokenState", ["FreePassing.cs", "TokenPassing.cs"]),
            ("By majority", "TokenState", ["LeasedPassing.cs", "TokenPassing.cs"]),
        ]),
        new("storage", "Roj.Storage", ["StorageMessage", "StorageAnswer"], [("What can be wrong", "StorageFault", [])]),
    ];

    public string Path => $"docs/protocols/{Name}.md";
}

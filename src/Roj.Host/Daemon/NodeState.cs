using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Roj.Kernel;

namespace Roj.Host.Daemon;

/// <summary>The small things that a node keeps from one life to the next: <c>state.json</c> of its data directory.</summary>
/// <remarks><code>{ "lives": 3, "members": [ "192.168.7.11:7071", … ], "mode": "quorum" }</code>, the last only where it is
/// so.</remarks>
/// <param name="Lives">How often the node was started: each life has greater incarnations than the one before.</param>
/// <param name="Members">Where others were: a convenience, at most <see cref="MembersMax"/>.</param>
public sealed record NodeState(uint Lives, IReadOnlyList<Endpoint> Members)
{
    /// <summary>Places kept at most.</summary>
    public const int MembersMax = 256;

    /// <summary>The last life that a node can have: incarnations end at 2^63 (<see cref="Membership.Keeping.Rumour"/>).</summary>
    public const uint LivesMax = int.MaxValue - 1;

    /// <summary>Before the first life.</summary>
    public static NodeState Unborn { get; } = new(0, []);

    /// <summary>Whether the node is, or waits to be, of a cluster that agrees by majority: for good then, whatever it is told at its
    /// start.</summary>
    public bool IsQuorum { get; init; }

    /// <summary>The first incarnation of this life.</summary>
    public ulong Incarnation => (ulong)Lives << 32;

    /// <summary>Reads what <see cref="Write"/> wrote; anything else, also what a later version may add, is refused: to write it back
    /// would lose it.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out NodeState? state)
    {
        state = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            state = document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Cut off, never JSON, or half a surrogate pair.
        }

        return state is not null;
    }

    /// <summary>The bytes to keep.</summary>
    public byte[] Write()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("lives", Lives);
            json.WriteStartArray("members");
            foreach (var member in Members.Take(MembersMax))
                json.WriteStringValue(member.ToString());
            json.WriteEndArray();
            if (IsQuorum)
                json.WriteString("mode", "quorum");
            json.WriteEndObject();
        }

        return [.. bytes.WrittenSpan, (byte)'\n'];
    }

    private static NodeState? Read(JsonElement root)
    {
        uint? lives = null;
        List<Endpoint>? members = null;
        var isQuorum = false;
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name, member.Value.ValueKind)
            {
                case ("lives", JsonValueKind.Number) when lives is null && member.Value.TryGetUInt32(out var number) && number <= LivesMax:
                    lives = number;
                    break;
                case ("members", JsonValueKind.Array) when members is null && member.Value.GetArrayLength() <= MembersMax:
                    members = [];
                    foreach (var item in member.Value.EnumerateArray())
                    {
                        if (item.ValueKind != JsonValueKind.String || !Endpoint.TryParse(item.GetString(), out var endpoint))
                            return null;
                        members.Add(endpoint);
                    }

                    break;
                case ("mode", JsonValueKind.String) when !isQuorum && member.Value.ValueEquals("quorum"):
                    isQuorum = true;
                    break;
                default:
                    return null;
            }
        }

        return lives is { } known && members is not null ? new NodeState(known, members) { IsQuorum = isQuorum } : null;
    }
}

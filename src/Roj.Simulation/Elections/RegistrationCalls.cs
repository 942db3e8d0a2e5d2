using Roj.Election.Wire;
using Roj.Kernel;

namespace Roj.Simulation.Elections;

/// <summary>One life's <c>GET /register</c>: a datagram there and one back, and as much patience as the daemon has.</summary>
internal sealed class RegistrationCalls(ElectionPart part, ElectionNode node)
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    private readonly SortedDictionary<ulong, NodeId> calls = [];
    private ulong last;

    /// <summary>This node registers.</summary>
    public void Call(ElectionNode leader)
    {
        var number = ((ulong)node.Machine.Boots << 32) | ++last;
        calls[number] = leader.Identity;
        part.Send(leader, Numbered(ElectionPart.Word.Register, number, []));
        node.Machine.After(patience, () =>
        {
            if (part.IsOver || !calls.Remove(number, out var called))
                return;
            part.Registered(called, null);
            part.Turn();
        });
    }

    /// <summary>The leader has answered.</summary>
    public void Answered(ulong number, ReadOnlySpan<byte> body)
    {
        if (!calls.Remove(number, out var leader))
            return;
        RegistrationJson.TryRead(body, node.Identity, out var colouring, out _);
        part.Registered(leader, colouring);
    }

    /// <summary>Another registers here.</summary>
    public void Answer(ElectionNode follower, ulong number)
    {
        var colouring = part.Register(follower.Identity);
        part.Send(
            follower,
            Numbered(ElectionPart.Word.Registered, number, colouring is null ? [] : RegistrationJson.Write(colouring, follower.Identity)));
    }

    private static byte[] Numbered(ElectionPart.Word word, ulong number, ReadOnlySpan<byte> rest)
    {
        var bytes = new byte[1 + sizeof(ulong) + rest.Length];
        var writer = new ByteWriter(bytes);
        writer.Byte((byte)word);
        writer.UInt64(number);
        writer.Bytes(rest);
        return bytes;
    }
}
